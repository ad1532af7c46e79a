import { option } from '../../wire/edns.ts';
import { readUint16 } from '../../wire/header.ts';

/** Octets of options that are kept with one answer; what goes beyond is left out. */
const MOST = 512;

/**
 * Options between two neighbours, about a connection, a client or a server, and not about the answer:
 * they end here. LLQ and UL, NSID, DAU to N3U, client subnet, cookie, keepalive, padding, CHAIN, client and server
 * tag, and what forwarders say of devices.
 */
const hopByHop: ReadonlySet<number> = new Set<number>([
  ...[1, 2, 3, 5, 6, 7, 13, 16, 17],
  option.subnet,
  option.cookie,
  option.keepalive,
  option.padding,
  option.macBytes,
  option.macText,
  option.cpeId,
]);

/**
 * What an upstream says about its answer, such as Extended DNS Errors (RFC 8914), as it stands in its OPT record;
 * kinds of options that nobody knows yet are among it (RFC 6891 section 6.1.2).
 * @param at where the options of the OPT record begin
 */
export function optionsToKeep(message: Uint8Array, at: number, end: number): Uint8Array {
  const kept: Uint8Array[] = [];
  let size = 0;
  while (at + 4 <= end) {
    const next = at + 4 + readUint16(message, at + 2);
    if (next > end) break;
    if (!hopByHop.has(readUint16(message, at)) && size + next - at <= MOST) {
      kept.push(message.subarray(at, next));
      size += next - at;
    }
    at = next;
  }
  if (kept.length === 0) return none;
  return kept.length === 1 ? kept[0] : new Uint8Array(Buffer.concat(kept));
}

const none = new Uint8Array(0);
