import { domainToASCII } from 'node:url';
import { MAX_LABELS, scatter } from '../rule-set/name-hash.ts';

/** Why a piece of text is no name; `undefined` where it is one. */
export type NameFault = string | undefined;

const DOT = 0x2e;
const MAX_NAME = 253;

/** What a byte becomes in a name: its lower-case form, 0 where names have no such byte. */
const letters = new Uint8Array(256);
for (const char of 'abcdefghijklmnopqrstuvwxyz0123456789-_') {
  letters[char.charCodeAt(0)] = char.charCodeAt(0);
  letters[char.toUpperCase().charCodeAt(0)] = char.charCodeAt(0);
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * One name at a time, read from bytes and hashed in the same pass, so that lists of plain names are read without
 * making a string per line. Lanes are those of `hashSuffixes`: both walk from the root towards the host.
 */
export class Name {
  /** Lanes of every suffix: `lanes[2 * i]`, `lanes[2 * i + 1]` for the suffix of i + 1 labels. */
  readonly lanes: Uint32Array = new Uint32Array(2 * MAX_LABELS);
  /** Number of labels. */
  labels = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private start = 0;
  private end = 0;

  /** Lanes of the whole name. */
  get first(): number {
    return this.lanes[2 * this.labels - 2];
  }

  get second(): number {
    return this.lanes[2 * this.labels - 1];
  }

  /** Reads `bytes` from `start` to before `end`; a trailing dot is allowed, IDNs become A-labels. */
  read(bytes: Uint8Array, start: number, end: number): NameFault {
    const stop = end > start + 1 && bytes[end - 1] === DOT ? end - 1 : end;
    const fault = this.scan(bytes, start, stop);
    if (fault !== NOT_ASCII) return fault;
    const ascii = domainToASCII(decoder.decode(bytes.subarray(start, stop)));
    if (ascii === '') return 'not a name';
    const encoded = encoder.encode(ascii);
    return this.scan(encoded, 0, encoded.length);
  }

  readText(text: string): NameFault {
    const encoded = encoder.encode(text);
    return this.read(encoded, 0, encoded.length);
  }

  /** Lower-case, without the trailing dot. Valid until the bytes it was read from change. */
  text(): string {
    return decoder.decode(this.bytes.subarray(this.start, this.end)).toLowerCase();
  }

  private scan(bytes: Uint8Array, start: number, end: number): NameFault {
    if (end <= start) return 'no name';
    if (end - start > MAX_NAME && !hasHighByte(bytes, start, end)) return 'longer than 253 letters';
    const lanes = this.lanes;
    let first = 0x811c9dc5;
    let second = 0x9e3779b9;
    let length = 0;
    let labels = 0;
    let digits = true;
    for (let at = end - 1; at >= start; at--) {
      let byte = bytes[at];
      if (byte !== DOT) {
        byte = letters[byte];
        if (byte === 0) return hasHighByte(bytes, start, end) ? NOT_ASCII : 'not a name';
        if (byte > 0x39 || byte < 0x30) digits = false;
        length++;
        first = Math.imul(first ^ byte, 0x01000193);
        second = Math.imul(((second << 5) | (second >>> 27)) ^ byte, 0x5bd1e995);
        if (at > start) continue;
      }
      if (length === 0 || (byte === DOT && at === start)) return 'an empty label';
      if (length > 63) return 'a label longer than 63 letters';
      // RFC 1123 section 2.1: no top-level label is all digits, so this is an address.
      if (labels === 0 && digits) return ADDRESS;
      first = Math.imul(first ^ length, 0x01000193);
      second = Math.imul(((second << 5) | (second >>> 27)) ^ length, 0x5bd1e995);
      lanes[2 * labels] = scatter(first);
      lanes[2 * labels + 1] = second;
      labels++;
      length = 0;
    }
    this.labels = labels;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    return undefined;
  }
}

export const ADDRESS = 'an address, not a name';
const NOT_ASCII = 'not ASCII';

function hasHighByte(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] > 0x7f) return true;
  return false;
}
