import ipaddr from 'ipaddr.js';

/** Whether an address belongs to the open internet: not the household's own network, this machine, or a special range. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === 'unicast';
}
