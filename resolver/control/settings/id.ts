import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** "r_4k0s…": 60 random bits in an alphabet without look-alikes, safe in paths and file names. */
export function newId(prefix: string): string {
  let id = `${prefix}_`;
  for (const byte of randomBytes(12)) id += ALPHABET[byte & 31];
  return id;
}

let last = 0;

/** Sorts by time: each is greater than all that this process made before, however quickly and whatever the clock does. */
export function newTimedId(prefix: string, at: number): string {
  last = Math.max(at * 1000, last + 1);
  return `${prefix}_${last.toString(36).padStart(11, '0')}${newId('').slice(1, 5)}`;
}
