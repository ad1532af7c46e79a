import ipaddr from 'ipaddr.js';
import { readUint16 } from '../wire/header.ts';

/** The address of a client subnet option that names one host (RFC 7871 section 6); undefined for wider ones. */
export function hostOfSubnet(message: Uint8Array, at: number, length: number): string | undefined {
  if (length < 4) return undefined;
  const octets = readUint16(message, at) === 1 ? 4 : 16;
  if (message[at + 2] !== octets * 8 || length !== 4 + octets) return undefined;
  return ipaddr.fromByteArray([...message.subarray(at + 4, at + 4 + octets)]).toString();
}
