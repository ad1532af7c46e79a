import { hashName, lanesOfName } from '../../lists/rule-set/name-hash.ts';
import type { HashedName } from './hashed-name.ts';
import type { QuietAnswer } from './model.ts';
import type { Verdict } from './verdict.ts';

interface Entry extends QuietAnswer {
  readonly second: number;
}

/** How one device's blocked names are answered so that it stops asking. */
export class QuietAnswers {
  private readonly names = new Map<number, Entry>();

  constructor(answers: readonly QuietAnswer[]) {
    for (const answer of answers) {
      const count = hashName(answer.domain);
      if (count > 0) this.names.set(lanesOfName[2 * count - 2] | 0, { ...answer, second: lanesOfName[2 * count - 1] });
    }
  }

  /** To be asked of a question that is blocked, where nobody chose how to answer. */
  apply(name: HashedName, verdict: Verdict): void {
    const whole = name.name.count - 1;
    const found = this.names.get(name.lanes[2 * whole] | 0);
    if (found?.second !== name.lanes[2 * whole + 1]) return;
    verdict.mode = found.mode;
    verdict.ttl = found.ttl;
  }
}
