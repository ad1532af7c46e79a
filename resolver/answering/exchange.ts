import { HashedName } from '../policy/hashed-name.ts';
import type { WallMs } from '../policy/model.ts';
import { Verdict } from '../policy/verdict.ts';
import { flag } from '../wire/header.ts';
import { Question } from '../wire/question.ts';
import { cacheKey } from './cache/cache.ts';
import type { Client } from './client.ts';
import type { DeviceState } from './device-states.ts';
import type { Carrier } from './listen/carrier.ts';

/** One question on its way to its answer. There is one object of these, filled anew for each message. */
export class Exchange {
  message: Uint8Array = new Uint8Array(0);
  start = 0;
  length = 0;
  /** The answer is written here, from `at` on. */
  out: Uint8Array = this.message;
  at = 0;
  transport: Carrier['transport'] = 'udp';
  /** Monotonic milliseconds, and the same moment on the wall clock. */
  now = 0;
  wall: WallMs = 0;
  client!: Client;
  device!: DeviceState;
  readonly question = new Question();
  readonly name = new HashedName(this.question.name);
  readonly verdict = new Verdict();
  /** The household says that this name is another's alias: policy is asked of where it leads, not of the name. */
  isAlias = false;
  /** A cookie shows that the question comes from where it says. Known when the answer is written. */
  isProven = false;

  /** The cache keeps one answer per name and key. */
  get key(): number {
    const { qtype, edns, flags } = this.question;
    return cacheKey(qtype, edns.dnssecOk, (flags & flag.cd) !== 0);
  }

  get seconds(): number {
    return Math.floor(this.now / 1000);
  }
}
