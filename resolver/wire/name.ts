/** RFC 1035 section 2.3.4. */
export const MAX_NAME = 255;
export const MAX_LABELS = 127;

/** More jumps than labels can't be honest. */
const MAX_POINTERS = 64;

/** A domain name as bytes: read again and again into the same object, so that packets cost no garbage. */
export class Name {
  /** Lower-cased uncompressed wire form with the root's zero octet. */
  readonly bytes = new Uint8Array(MAX_NAME + 1);
  /** Offset of each label's length octet, host first. */
  readonly labels = new Uint8Array(MAX_LABELS + 1);
  /** Octets, the root's included. */
  length = 1;
  /** Labels, the root not counted. */
  count = 0;

  /**
   * Reads the name at `at`, following compression pointers (RFC 1035 section 4.1.4).
   * Pointers must lead backwards, so that no message can lead us in a circle.
   * @param start where the message begins in `message`; pointers count from here
   * @param end where it ends
   * @param compressed whether pointers are allowed; in a question there is nothing to point to
   * @returns offset after the name in the message, -1 when it is malformed
   */
  read(message: Uint8Array, start: number, at: number, end: number, compressed: boolean): number {
    const { bytes, labels } = this;
    let length = 0;
    let count = 0;
    let after = -1;
    let pointers = 0;
    let lowest = at;
    for (;;) {
      if (at >= end) return -1;
      const size = message[at];
      if (size === 0) break;
      if (size >= 0xc0) {
        if (!compressed || at + 1 >= end || ++pointers > MAX_POINTERS) return -1;
        const target = start + (((size & 0x3f) << 8) | message[at + 1]);
        if (target >= lowest) return -1;
        if (after < 0) after = at + 2;
        lowest = at = target;
        continue;
      }
      if (size > 63 || at + size >= end || length + size + 2 > MAX_NAME) return -1;
      labels[count++] = length;
      bytes[length++] = size;
      for (const stop = ++at + size; at < stop; at++) {
        const octet = message[at];
        bytes[length++] = octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
      }
    }
    bytes[length] = 0;
    this.length = length + 1;
    this.count = count;
    return after < 0 ? at + 1 : after;
  }

  /** @returns false when the text is no name */
  readText(text: string): boolean {
    const wire = nameFromText(text);
    return wire !== undefined && this.read(wire, 0, 0, wire.length, false) > 0;
  }

  toText(): string {
    return textFromName(this.bytes, 0);
  }
}

/** Offset after the possibly compressed name at `at`, -1 when it runs out of the message. */
export function skipName(message: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const size = message[at];
    if (size === 0) return at + 1;
    if (size >= 0xc0) return at + 2 <= end ? at + 2 : -1;
    if (size > 63) return -1;
    at += size + 1;
  }
  return -1;
}

/** Presentation form of RFC 1035 section 5.1, without the final dot; "." for the root. */
export function textFromName(wire: Uint8Array, at: number): string {
  if (wire[at] === 0) return '.';
  let end = at;
  let isPlain = true;
  for (let label = at; wire[label] !== 0; label = end) {
    end = label + wire[label] + 1;
    for (let i = label + 1; i < end; i++) {
      const octet = wire[i];
      plain[i - at - 1] = octet;
      if (octet <= 0x20 || octet >= 0x7f || octet === 0x2e || octet === 0x5c) isPlain = false;
    }
    plain[end - at - 1] = 0x2e;
  }
  return isPlain ? plain.toString('latin1', 0, end - at - 1) : escapedFromName(wire, at);
}

/** Where plain names are put together: one string each instead of one per character. */
const plain = Buffer.alloc(MAX_NAME + 1);

function escapedFromName(wire: Uint8Array, at: number): string {
  let text = '';
  while (wire[at] !== 0) {
    if (text) text += '.';
    for (const stop = at + wire[at] + 1; ++at < stop; ) text += presentation(wire[at]);
  }
  return text;
}

function presentation(octet: number): string {
  if (octet === 0x2e || octet === 0x5c) return `\\${String.fromCharCode(octet)}`;
  if (octet > 0x20 && octet < 0x7f) return String.fromCharCode(octet);
  return `\\${String(octet).padStart(3, '0')}`;
}

/** Wire form of a name in presentation form; undefined when it is none. */
export function nameFromText(text: string): Uint8Array | undefined {
  if (text === '.') return Uint8Array.of(0);
  const wire = new Uint8Array(MAX_NAME + 1);
  let start = 0;
  let at = 1;
  const bytes = Buffer.from(text.endsWith('.') && !text.endsWith('\\.') ? text.slice(0, -1) : text);
  for (let i = 0; i < bytes.length; i++) {
    let octet = bytes[i];
    if (octet === 0x2e) {
      if (at === start + 1) return undefined;
      wire[start] = at - start - 1;
      start = at++;
      continue;
    }
    if (octet === 0x5c) {
      const decimal = /^\d{3}/.exec(bytes.toString('latin1', i + 1, i + 4));
      octet = decimal ? Number(decimal[0]) : bytes[i + 1];
      i += decimal ? 3 : 1;
    }
    if (octet === undefined || octet > 255 || at - start > 63 || at >= MAX_NAME) return undefined;
    wire[at++] = octet;
  }
  if (at === start + 1) return undefined;
  wire[start] = at - start - 1;
  return at < MAX_NAME ? wire.slice(0, at + 1) : undefined;
}
