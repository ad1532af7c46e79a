import { type LatencyCounts, latencyBounds } from '../between/latency.ts';
import type { Carrier, MessageHandler } from './listen/carrier.ts';

/** A power of two: every so many answers, one is timed. */
const SAMPLE = 64;

/** A histogram in a few numbers, so that counting costs no object. */
class Histogram {
  private readonly counts = new Float64Array(latencyBounds.length + 1);
  private sum = 0;

  add(milliseconds: number): void {
    let bucket = 0;
    while (bucket < latencyBounds.length && milliseconds > latencyBounds[bucket]) bucket++;
    this.counts[bucket]++;
    this.sum += milliseconds;
  }

  report(): LatencyCounts {
    return { counts: [...this.counts], sum: this.sum };
  }
}

/**
 * How long questions wait. What is asked upstream reads the clock anyway, so all of it is counted. An answer from
 * the house itself takes about as long as reading the clock does: of those one in 64 is timed, from the arrival of
 * the packets it came with.
 */
export class Latency {
  readonly house = new Histogram();
  readonly upstream = new Histogram();

  /** The same handler, with a look at the clock now and then. */
  timed(handler: MessageHandler, now: () => number): MessageHandler {
    const { house } = this;
    let answered = 0;
    return {
      handle(
        message: Uint8Array,
        start: number,
        length: number,
        client: Parameters<MessageHandler['handle']>[3],
        carrier: Carrier,
        answer: Uint8Array,
        at: number,
        arrived: number,
      ): number {
        const written = handler.handle(message, start, length, client, carrier, answer, at, arrived);
        if (written > 0 && (++answered & (SAMPLE - 1)) === 0) house.add(now() - arrived);
        return written;
      },
    };
  }
}
