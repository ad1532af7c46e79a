import { readUint32, writeUint32 } from '../wire/header.ts';
import { RecordWalk } from '../wire/records.ts';

const walk = new RecordWalk();

/**
 * What is allowed for ten minutes must not be remembered by the phone for longer.
 * @param out holds an answer from `at` until `end`
 * @param seconds that its records may be good for at most
 */
export function shorten(out: Uint8Array, at: number, end: number, seconds: number): void {
  const answer = out.subarray(at, end);
  walk.start(answer);
  while (walk.next()) {
    const { ttlAt } = walk;
    if (ttlAt >= 0 && readUint32(answer, ttlAt) > seconds) writeUint32(answer, ttlAt, seconds);
  }
}
