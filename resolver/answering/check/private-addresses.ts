import { readUint16, readUint32 } from '../../wire/header.ts';

/**
 * Whether an address belongs to this machine, this link or a private network: nothing that a public name should lead
 * to. Shared address space (100.64.0.0/10) is not counted: providers keep caches there, and overlay networks phones.
 */
export function isPrivateIPv4(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at];
  const second = bytes[at + 1];
  switch (first) {
    case 0: // this host
    case 10:
    case 127:
      return true;
    case 169:
      return second === 254;
    case 172:
      return second >= 16 && second <= 31;
    case 192:
      return second === 168;
    default:
      return false;
  }
}

/** Also of IPv6 addresses that an IPv4 address is reached through, when that one is private. */
export function isPrivateIPv6(bytes: Uint8Array, at: number): boolean {
  const first = readUint16(bytes, at);
  if ((first & 0xfe00) === 0xfc00) return true; // unique local, RFC 4193
  if ((first & 0xff80) === 0xfe80) return true; // link-local and site-local
  if (first === 0x2002) return isPrivateIPv4(bytes, at + 2); // 6to4, RFC 3056
  const high = readUint32(bytes, at);
  const next = readUint32(bytes, at + 4);
  // NAT64: the well-known prefix (RFC 6052) and the one for local use (RFC 8215).
  if (high === 0x64ff9b && (next === 0 || next >>> 16 === 1)) return isPrivateIPv4(bytes, at + 12);
  if (high !== 0 || next !== 0) return false;
  const third = readUint32(bytes, at + 8);
  // Mapped (::ffff:a.b.c.d) and compatible (::a.b.c.d); :: and ::1 count as addresses of this host.
  return (third === 0xffff || third === 0) && isPrivateIPv4(bytes, at + 12);
}
