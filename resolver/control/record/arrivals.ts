interface Numbered {
  readonly boot: string;
  readonly sequence: number;
}

/**
 * Lets every batch through once and in order. What is not confirmed is sent again, so a batch that comes twice or
 * before its turn is not missed; taken out of turn, it would make the store believe that it has those before it.
 */
export class Arrivals {
  readonly #last = new Map<string, number>();

  /** @param oldest sequence of the first batch of this boot that is not confirmed */
  accepts({ boot, sequence }: Numbered, oldest: number): boolean {
    if (sequence !== (this.#last.get(boot) ?? oldest - 1) + 1) return false;
    this.#last.set(boot, sequence);
    return true;
  }
}
