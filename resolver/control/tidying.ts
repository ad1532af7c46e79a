import { giveBack, shrinkHeap } from './give-back.ts';

/** Attempts that leave something worth giving back, and how few in a flush say that their flood is over. */
const MANY = 20_000;
const FEW = 4000;
/** Milliseconds without a flush of more: several of its intervals. */
const CALM = 1500;

/** Gives memory back once what needed it is over. */
export class Tidying {
  private attempts = 0;
  private timer: NodeJS.Timeout | undefined;

  /** That many milliseconds after the last call. */
  after(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.attempts = 0;
      shrinkHeap();
      void giveBack();
    }, milliseconds).unref();
  }

  /** So many attempts came at once. */
  took(attempts: number): void {
    this.attempts += attempts;
    if (attempts > FEW && this.attempts > MANY) this.after(CALM);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
