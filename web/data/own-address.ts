/**
 * The address under which this page was opened, where routers and phones can use it as a DNS server too:
 * not a name, which a DNS server can't have, and not the machine's own loopback.
 */
export function ownAddress(hostname: string): string | undefined {
  const address = hostname.replace(/^\[|\]$/g, '');
  const isIpv4 = /^\d+(\.\d+){3}$/.test(address);
  const isIpv6 = address.includes(':');
  if (!isIpv4 && !isIpv6) return undefined;
  return address.startsWith('127.') || address === '::1' ? undefined : address;
}
