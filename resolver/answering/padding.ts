import { appendOption, option } from '../wire/edns.ts';

const OPTION_HEADER = 4;
/** RFC 8467 section 4.1: an answer's length is a multiple of this, so that it tells little about the name. */
const BLOCK = 468;
const LONGEST = 65_535;
const zeros = new Uint8Array(BLOCK);

/**
 * @param out holds the answer from `start` to `end`
 * @param optAt where its OPT record begins, which is its last
 * @returns where it ends now
 */
export function padAnswer(out: Uint8Array, start: number, optAt: number, end: number): number {
  const least = end - start + OPTION_HEADER;
  const length = Math.min(Math.ceil(least / BLOCK) * BLOCK, LONGEST);
  if (length < least) return end;
  return appendOption(out, optAt, end, option.padding, zeros.subarray(0, length - least));
}
