/**
 * A name is known to the flat tables by two 32-bit lanes, so that looking one up compares no text.
 * Names are hashed from the root towards the host: one pass over the bytes gives the hash of every
 * suffix, because the state at a label's start is the state of the suffix that begins there.
 */

/** RFC 1035 section 2.3.4: 255 octets hold at most 127 labels. */
export const MAX_LABELS = 127;

/**
 * @param wire lower-cased uncompressed wire name, starting at `start`
 * @param labels offset of each label's length byte relative to `start`, host first
 * @param count number of labels; the root has none
 * @param lanes receives two lanes per suffix: `lanes[2 * i]`, `lanes[2 * i + 1]` for the suffix of i + 1 labels
 */
export function hashSuffixes(
  wire: Uint8Array,
  start: number,
  labels: Uint8Array,
  count: number,
  lanes: Uint32Array,
): void {
  let first = 0x811c9dc5;
  let second = 0x9e3779b9;
  for (let level = 0; level < count; level++) {
    const label = start + labels[count - 1 - level];
    for (let at = label + wire[label]; at >= label; at--) {
      const byte = wire[at];
      first = Math.imul(first ^ byte, 0x01000193);
      second = Math.imul(((second << 5) | (second >>> 27)) ^ byte, 0x5bd1e995);
    }
    lanes[2 * level] = scatter(first);
    lanes[2 * level + 1] = second;
  }
}

/** FNV leaves its low bits weak; the table's position is taken from all of them. */
export function scatter(lane: number): number {
  const once = Math.imul(lane ^ (lane >>> 15), 0x2c1b3c6d);
  return once ^ (once >>> 13);
}

const wire = new Uint8Array(256);
const labels = new Uint8Array(MAX_LABELS);
const lanes = new Uint32Array(2 * MAX_LABELS);
const encoder = new TextEncoder();

/** Number of labels of the last name given to `hashName`; its suffixes' lanes are in `lanesOfName`. */
export const lanesOfName: Uint32Array = lanes;

/**
 * For load time, not for packets: hashes an ASCII name in text form ("Data.Mistat.Xiaomi.com.").
 * Lanes are left in `lanesOfName`.
 * @returns number of labels, or 0 when the text is no name (empty label, over 63 or 255 octets)
 */
export function hashName(text: string): number {
  let at = 0;
  let count = 0;
  const end = text.endsWith('.') ? text.length - 1 : text.length;
  for (let from = 0; from < end; ) {
    let dot = text.indexOf('.', from);
    if (dot < 0 || dot > end) dot = end;
    const length = dot - from;
    if (length === 0 || length > 63 || at + length + 2 > 255) return 0;
    labels[count++] = at;
    wire[at++] = length;
    const { written } = encoder.encodeInto(text.slice(from, dot).toLowerCase(), wire.subarray(at, at + length));
    if (written !== length) return 0;
    at += length;
    from = dot + 1;
  }
  hashSuffixes(wire, 0, labels, count, lanes);
  return count;
}
