import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** "r_4k0s…": 60 random bits in an alphabet without look-alikes, safe in paths and file names. */
export function newId(prefix: string): string {
  let id = `${prefix}_`;
  for (const byte of randomBytes(12)) id += ALPHABET[byte & 31];
  return id;
}

/** Sorts by time, so that the newest change is the greatest id. */
export function newTimedId(prefix: string, at: number): string {
  return `${prefix}_${at.toString(36).padStart(9, '0')}${newId('').slice(1, 7)}`;
}
