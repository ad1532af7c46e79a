/** Node prints link-local addresses with the interface they came by (`fe80::1%eth0`); a client is the same on all. */
export function withoutZone(address: string): string {
  const zone = address.indexOf('%');
  return zone < 0 ? address : address.slice(0, zone);
}
