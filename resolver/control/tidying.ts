import { setFlagsFromString } from 'node:v8';
import { giveBack, shrinkHeap } from './give-back.ts';

/** Attempts that leave something worth giving back, and how few in a flush say that their flood is over. */
const MANY = 20_000;
const FEW = 4000;
/** Milliseconds without a flush of more: several of its intervals. */
const CALM = 1500;

/**
 * Gives memory back once what needed it is over. While a flood lasts, garbage may be one and a half times what lives:
 * V8 counts the buffers that flushes come in, and a heap that is collected for each ten megabytes of them took a
 * quarter of control's time.
 */
export class Tidying {
  private attempts = 0;
  private isFlood = false;
  private timer: NodeJS.Timeout | undefined;

  /** That many milliseconds after the last call. */
  after(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.attempts = 0;
      this.collectLater(false);
      shrinkHeap();
      void giveBack();
    }, milliseconds).unref();
  }

  /** So many attempts came at once. */
  took(attempts: number): void {
    this.attempts += attempts;
    if (attempts <= FEW || this.attempts <= MANY) return;
    this.collectLater(true);
    this.after(CALM);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private collectLater(isFlood: boolean): void {
    if (isFlood === this.isFlood) return;
    this.isFlood = isFlood;
    // Of all heaps of the process, from their next collection on; 0: as V8 thinks best.
    setFlagsFromString(`--heap-growing-percent=${isFlood ? 150 : 0}`);
  }
}
