import type { HashedName } from '../../policy/hashed-name.ts';
import type { PackedAnswer } from '../cache/packed-answer.ts';

/** Looks at an upstream's answer before anybody gets it. */
export interface CheckAnswer {
  /** @returns the packed answer as it may be kept and given */
  check(name: HashedName, answer: Uint8Array, packed: PackedAnswer): PackedAnswer;
}
