import { gunzipSync } from 'node:zlib';

/** A list that is larger than it may be; the message is a sentence. */
export class TooLarge extends Error {
  override name = 'TooLarge';
}

/**
 * Turns what was fetched into UTF-8 without a byte-order mark: unpacks gzip, whatever the file is called, and rewrites
 * UTF-16.
 * @param limit bytes that the unpacked text may have
 * @throws TooLarge, or an error of zlib when the archive is damaged
 */
export function decodeList(bytes: Uint8Array, limit: number): Uint8Array {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? unpackGzip(bytes, limit) : bytes;
  if (plain.length > limit) throw tooLarge(limit);
  if (plain[0] === 0xff && plain[1] === 0xfe) return fromUtf16(plain, 'utf-16le');
  if (plain[0] === 0xfe && plain[1] === 0xff) return fromUtf16(plain, 'utf-16be');
  return plain[0] === 0xef && plain[1] === 0xbb && plain[2] === 0xbf ? plain.subarray(3) : plain;
}

export const tooLarge = (limit: number): TooLarge =>
  new TooLarge(`The list is larger than ${Math.round(limit / 2 ** 20)} MB, which is the most a list may have.`);

/**
 * Stops as soon as the text is larger than it may be: an archive of a few kilobytes can hold gigabytes.
 * @throws TooLarge, or an error of zlib when the archive is damaged
 */
export function unpackGzip(bytes: Uint8Array, limit: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(limit) : error;
  }
}

const fromUtf16 = (bytes: Uint8Array, encoding: string): Uint8Array =>
  new TextEncoder().encode(new TextDecoder(encoding).decode(bytes));
