/** Milliseconds between two looks at what is due; a deadline may come this much late. */
const TICK = 10;
const SLOTS = 512;

class Link {
  previous: Link = this;
  next: Link = this;
}

/** Something that wants to be called when its time is over. Carries its own links, so that arming allocates nothing. */
export abstract class Deadline extends Link {
  /** When it is due, counted in ticks; -1 while not armed. */
  tick = -1;
  abstract due(): void;
}

/**
 * The deadlines of all questions in flight in one wheel, moved by one timer that runs only while something
 * is in flight: most deadlines are disarmed long before they are due, and a timer object each would be waste.
 */
export class Deadlines {
  private readonly now: () => number;
  private readonly slots = Array.from({ length: SLOTS }, () => new Link());
  private armed = 0;
  private swept = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.now = now;
  }

  arm(deadline: Deadline, delay: number): void {
    if (deadline.tick >= 0) this.disarm(deadline);
    const now = this.now();
    if (this.armed++ === 0) {
      this.swept = Math.floor(now / TICK);
      this.timer ??= setInterval(() => this.wake(), TICK);
    }
    deadline.tick = Math.max(this.swept + 1, Math.ceil((now + delay) / TICK));
    const slot = this.slots[deadline.tick % SLOTS];
    const last = slot.previous;
    deadline.previous = last;
    deadline.next = slot;
    last.next = slot.previous = deadline;
  }

  disarm(deadline: Deadline): void {
    if (deadline.tick < 0) return;
    deadline.tick = -1;
    deadline.previous.next = deadline.next;
    deadline.next.previous = deadline.previous;
    // Both ends lead to itself again: a finished question must not keep its neighbours in memory.
    deadline.previous = deadline.next = deadline;
    this.armed--;
  }

  private wake(): void {
    if (this.armed === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
      return;
    }
    // After a stall the answers already wait in the sockets: an immediate runs after those were read.
    setImmediate(() => this.sweep());
  }

  private sweep(): void {
    const until = Math.floor(this.now() / TICK);
    const due: Deadline[] = [];
    const from = Math.max(this.swept + 1, until - SLOTS + 1);
    this.swept = Math.max(this.swept, until);
    for (let tick = from; tick <= until; tick++) {
      const slot = this.slots[tick % SLOTS];
      for (let link = slot.next; link !== slot; link = link.next) {
        if ((link as Deadline).tick <= until) due.push(link as Deadline);
      }
    }
    for (const deadline of due) {
      // One that came before it may have disarmed it, or armed it anew.
      if (deadline.tick < 0 || deadline.tick > until) continue;
      this.disarm(deadline);
      deadline.due();
    }
  }
}
