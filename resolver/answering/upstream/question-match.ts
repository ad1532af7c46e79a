import { HEADER_LENGTH, offset, readUint16 } from '../../wire/header.ts';
import { skipName } from '../../wire/name.ts';
import type { Randomness } from './randomness.ts';

const isLetter = (octet: number): boolean => {
  const folded = octet | 0x20;
  return folded >= 0x61 && folded <= 0x7a;
};

/** Offset after the first question of a well-formed query. */
export const questionEnd = (query: Uint8Array): number => skipName(query, HEADER_LENGTH, query.length) + 4;

/**
 * Spells the name in random capitals (draft-vixie-dnsext-dns0x20): some more bits that a forger has to guess.
 * Length octets are at most 63 and so can't be taken for letters.
 */
export function spellAtRandom(query: Uint8Array, end: number, randomness: Randomness): void {
  let bits = 0;
  let left = 0;
  for (let at = HEADER_LENGTH; at < end - 5; at++) {
    if (!isLetter(query[at])) continue;
    if (left === 0) {
      bits = randomness.uint32();
      left = 32;
    }
    query[at] ^= (bits & 1) << 5;
    bits >>>= 1;
    left--;
  }
}

/**
 * Whether `answer` answers the question that was sent (RFC 5452 section 9.1): a response, the same opcode, one
 * question, the same name, type and class. The id is not looked at.
 * @returns `recased` when the name differs in capitals alone
 */
export function matchQuestion(sent: Uint8Array, end: number, answer: Uint8Array): 'same' | 'recased' | 'other' {
  if (answer.length < end || (answer[offset.flags] & 0xf8) !== (0x80 | (sent[offset.flags] & 0x78))) return 'other';
  if (readUint16(answer, offset.qdcount) !== 1) return 'other';
  const name = end - 5;
  let recased = false;
  for (let at = HEADER_LENGTH; at < end; at++) {
    const octet = answer[at];
    if (octet === sent[at]) continue;
    if (at >= name || (octet ^ sent[at]) !== 0x20 || !isLetter(octet)) return 'other';
    recased = true;
  }
  return recased ? 'recased' : 'same';
}

/** Gives an answer the id and spelling of `query`, in place. */
export function answerTo(query: Uint8Array, end: number, answer: Uint8Array): Uint8Array {
  answer[0] = query[0];
  answer[1] = query[1];
  for (let at = HEADER_LENGTH; at < end; at++) answer[at] = query[at];
  return answer;
}
