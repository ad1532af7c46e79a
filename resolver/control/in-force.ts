/** Knows which number every answering thread decides by, and who waits for one. */
export class InForce {
  private readonly threads: number;
  private readonly byThread = new Map<number, number>();
  private waiting: { readonly number: number; readonly done: () => void }[] = [];

  constructor(threads: number) {
    this.threads = threads;
  }

  /** The number that every thread has reached; -1 while one has said nothing. */
  get everywhere(): number {
    return this.byThread.size < this.threads ? -1 : Math.min(...this.byThread.values());
  }

  /** Resolves when every thread has reached it. */
  reached(number: number): Promise<void> {
    return new Promise((done) => this.waiting.push({ number, done }));
  }

  note(thread: number, number: number): void {
    this.byThread.set(thread, number);
    const { everywhere } = this;
    this.waiting = this.waiting.filter(({ number: wanted, done }) => {
      if (wanted <= everywhere) done();
      return wanted > everywhere;
    });
  }
}
