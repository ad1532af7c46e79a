import { readUint16, writeUint16 } from './header.ts';

/** Payload that crosses any household's path unfragmented (DNS flag day 2020). */
export const SAFE_PAYLOAD = 1232;
/** RFC 1035 section 4.2.1: all that a client without EDNS takes over UDP. */
export const PLAIN_PAYLOAD = 512;

/** Option codes. 65001 and 65073: MAC as dnsmasq and others add it, as bytes or as text; 65074: CPE-ID. */
export const option = {
  subnet: 8,
  cookie: 10,
  keepalive: 11,
  padding: 12,
  extendedError: 15,
  macBytes: 65001,
  macText: 65073,
  cpeId: 65074,
} as const;

/** Octets of a client's cookie; the server's stands behind it (RFC 7873 section 4). */
export const CLIENT_COOKIE = 8;

/** INFO-CODEs of RFC 8914. */
export const extendedError = { staleAnswer: 3, blocked: 15, filtered: 17, networkError: 23, notReady: 14 } as const;

/** What an OPT record says (RFC 6891); option positions are offsets in the message, -1 where there is none. */
export class Edns {
  present = false;
  version = 0;
  payload = PLAIN_PAYLOAD;
  dnssecOk = false;
  macAt = -1;
  macLength = 0;
  subnetAt = -1;
  subnetLength = 0;
  cpeIdAt = -1;
  cpeIdLength = 0;
  cookieAt = -1;
  cookieLength = 0;
  padded = false;
  keepalive = false;

  /** The client sent an option that is answered with one. */
  get asksInReturn(): boolean {
    return this.cookieAt >= 0 || this.padded || this.keepalive;
  }

  clear(): void {
    this.present = false;
    this.version = 0;
    this.payload = PLAIN_PAYLOAD;
    this.dnssecOk = false;
    this.macAt = this.subnetAt = this.cpeIdAt = this.cookieAt = -1;
    this.macLength = this.subnetLength = this.cpeIdLength = this.cookieLength = 0;
    this.padded = this.keepalive = false;
  }

  /**
   * @param at offset of the record's class field, after name and type
   * @returns false when options run over the record's end, or a cookie can't be one (RFC 7873 section 5.2.2)
   */
  read(message: Uint8Array, at: number, end: number): boolean {
    this.present = true;
    this.payload = Math.max(PLAIN_PAYLOAD, readUint16(message, at));
    this.version = message[at + 3];
    this.dnssecOk = (message[at + 4] & 0x80) !== 0;
    for (let i = at + 8; i < end; ) {
      if (i + 4 > end) return false;
      const code = readUint16(message, i);
      const length = readUint16(message, i + 2);
      i += 4;
      if (i + length > end) return false;
      if (code === option.macBytes || code === option.macText) {
        this.macAt = i;
        this.macLength = length;
      } else if (code === option.subnet) {
        this.subnetAt = i;
        this.subnetLength = length;
      } else if (code === option.cpeId) {
        this.cpeIdAt = i;
        this.cpeIdLength = length;
      } else if (code === option.cookie) {
        if (length !== CLIENT_COOKIE && (length < 16 || length > 40)) return false;
        this.cookieAt = i;
        this.cookieLength = length;
      } else if (code === option.padding) {
        this.padded = true;
      } else if (code === option.keepalive) {
        this.keepalive = true;
      }
      i += length;
    }
    return true;
  }
}

/**
 * Writes an OPT record without options; `growOpt` adds them.
 * @returns offset after it
 */
export function writeOpt(
  out: Uint8Array,
  at: number,
  payload: number,
  extendedRcode: number,
  dnssecOk: boolean,
): number {
  out[at] = 0;
  out[at + 1] = 0;
  out[at + 2] = 41;
  writeUint16(out, at + 3, payload);
  out[at + 5] = extendedRcode;
  out[at + 6] = 0;
  out[at + 7] = dnssecOk ? 0x80 : 0;
  out[at + 8] = 0;
  out[at + 9] = 0;
  out[at + 10] = 0;
  return at + 11;
}

/**
 * Appends an option to the OPT record that begins at `optAt` and ends at `at`, which must be the message's last.
 * @returns offset after it
 */
export function appendOption(out: Uint8Array, optAt: number, at: number, code: number, data: Uint8Array): number {
  writeUint16(out, at, code);
  writeUint16(out, at + 2, data.length);
  out.set(data, at + 4);
  writeUint16(out, optAt + 9, at + 4 + data.length - optAt - 11);
  return at + 4 + data.length;
}

/** An option as it stands in an OPT record. */
export function encodedOption(code: number, data: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(4 + data.length);
  writeUint16(encoded, writeUint16(encoded, 0, code), data.length);
  encoded.set(data, 4);
  return encoded;
}

/** Data of an Extended DNS Error option (RFC 8914 section 2). */
export function extendedErrorData(code: number, text: string): Uint8Array {
  const data = Buffer.alloc(2 + Buffer.byteLength(text));
  data.writeUInt16BE(code);
  data.write(text, 2);
  return data;
}
