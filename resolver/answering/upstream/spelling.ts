/** Recased answers after which the upstream is taken for one that does not keep the spelling. */
const LIMIT = 3;
/** Milliseconds until it is tried again. */
const PAUSE = 3_600_000;

/** Whether one upstream repeats the spelling of names, so that random capitals can be asked of it. */
export class Spelling {
  private recased = 0;
  private plainUntil = 0;

  random(now: number): boolean {
    return now >= this.plainUntil;
  }

  kept(): void {
    this.recased = 0;
  }

  lost(now: number): void {
    if (++this.recased < LIMIT) return;
    this.recased = 0;
    this.plainUntil = now + PAUSE;
  }
}
