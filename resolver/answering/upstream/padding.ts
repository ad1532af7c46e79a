import { appendOption, option } from '../../wire/edns.ts';
import { readUint16, type } from '../../wire/header.ts';

const OPT_LENGTH = 11;
const OPTION_HEADER = 4;
/** RFC 8467 section 4.1. */
const BLOCK = 128;
const zeros = new Uint8Array(BLOCK);

/**
 * Pads a query that ends in an OPT record without options, so that its length tells nothing about the name.
 * @param message holds the query up to `end`, and room for 132 octets more
 * @returns where it ends now
 */
export function pad(message: Uint8Array, start: number, end: number): number {
  const opt = end - OPT_LENGTH;
  if (opt < start || message[opt] !== 0 || readUint16(message, opt + 1) !== type.OPT) return end;
  if (readUint16(message, end - 2) !== 0) return end;
  const missing = -(end - start + OPTION_HEADER) & (BLOCK - 1);
  return appendOption(message, opt, end, option.padding, zeros.subarray(0, missing));
}
