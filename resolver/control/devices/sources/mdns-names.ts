import { canonicalAddress, isHostAddress } from '../address.ts';

/** What an mDNS message says of its sender: names with their addresses, and services. */
export interface MdnsNews {
  /** Names are spelt as the device spells them. */
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  /** In lower case, such as `_mi-connect._udp`. */
  readonly services: readonly string[];
}

const TYPE_A = 1;
const TYPE_PTR = 12;
const TYPE_AAAA = 28;
/** More records than this are nobody's announcement. */
const MOST_RECORDS = 100;

/** Reads answers only (RFC 6762 section 6); whatever is broken ends the reading and keeps what came before. */
export const parseMdns = (message: Uint8Array): MdnsNews => {
  const hosts: { name: string; address: string }[] = [];
  const services = new Set<string>();
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  try {
    if (message.length < 12 || (view.getUint8(2) & 0x80) === 0) return { hosts, services: [] };
    let at = 12;
    for (let questions = view.getUint16(4); questions > 0; questions--) at = readName(message, at).end + 4;
    const records = Math.min(view.getUint16(6) + view.getUint16(8) + view.getUint16(10), MOST_RECORDS);
    for (let i = 0; i < records; i++) {
      const { name, end } = readName(message, at);
      const type = view.getUint16(end);
      const length = view.getUint16(end + 8);
      const data = message.subarray(end + 10, end + 10 + length);
      if (data.length < length) break;
      const address = type === TYPE_A || type === TYPE_AAAA ? addressOf(data) : undefined;
      if (address !== undefined) hosts.push({ name, address });
      const service = type === TYPE_PTR ? /^(_[\w-]+\._(?:udp|tcp))\.local$/i.exec(name)?.[1] : undefined;
      if (service !== undefined) services.add(service.toLowerCase());
      at = end + 10 + length;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return { hosts, services: [...services] };
};

const addressOf = (data: Uint8Array): string | undefined => {
  const text =
    data.length === 4
      ? data.join('.')
      : Array.from({ length: 8 }, (_, i) => ((data[2 * i] << 8) | data[2 * i + 1]).toString(16)).join(':');
  const address = canonicalAddress(text);
  return address !== undefined && isHostAddress(address) ? address : undefined;
};

/** @throws RangeError at the message's end or for pointers that don't lead back */
const readName = (message: Uint8Array, start: number): { name: string; end: number } => {
  const labels: string[] = [];
  let end = -1;
  let lowest = start;
  for (let at = start; ; ) {
    const length = message[at];
    if (length === undefined || labels.length > 127) throw new RangeError('name runs over the end');
    if (length === 0) return { name: labels.join('.'), end: end < 0 ? at + 1 : end };
    if ((length & 0xc0) === 0xc0) {
      const target = ((length & 0x3f) << 8) | message[at + 1];
      if (end < 0) end = at + 2;
      // Only ever further back: a loop can't go on (RFC 9267).
      if (!(target < lowest)) throw new RangeError('pointer does not lead back');
      lowest = target;
      at = target;
    } else {
      labels.push(new TextDecoder().decode(message.subarray(at + 1, at + 1 + length)));
      at += 1 + length;
    }
  }
};
