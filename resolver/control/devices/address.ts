import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** @returns the spelling of the device table: no zone, IPv4-mapped as IPv4, RFC 5952; undefined for anything else */
export const canonicalAddress = (text: string): string | undefined => {
  if (isIPv4(text)) return text;
  const plain = text.split('%', 1)[0];
  if (!isIPv6(plain)) return undefined;
  const address = ipaddr.IPv6.parse(plain);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
};

const notOneDevice = new Set(['multicast', 'broadcast', 'unspecified', 'loopback']);

/** Whether the address can belong to a device on the network. */
export const isHostAddress = (address: string): boolean => !notOneDevice.has(ipaddr.parse(address).range());

export const isPrivateAddress = (address: string): boolean =>
  ['private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat'].includes(ipaddr.parse(address).range());

export { isIPv4 };
