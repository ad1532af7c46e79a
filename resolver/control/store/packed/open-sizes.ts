/**
 * Octets: some twenty thousand attempts, which a page reads in a few milliseconds. How many flushes they came in costs
 * a reader nothing, as backends join them.
 */
const GROWN = 65_536;
/** So many times an hour's chunk are left open beside it: each merge writes the whole chunk anew. */
const TIMES = 2;

interface Open {
  readonly device: string;
  readonly hour: number;
  bytes: number;
  /** Size of the chunk that they will be merged into. */
  chunk: number;
}

/** How many bytes this process has left open in each hour, which tells what is worth compacting. */
export class OpenSizes {
  readonly #open = new Map<string, Open>();
  #hour = 0;

  grow(device: string, hour: number, bytes: number): void {
    const key = `${hour} ${device}`;
    let open = this.#open.get(key);
    if (!open) this.#open.set(key, (open = { device, hour, bytes: 0, chunk: 0 }));
    open.bytes += bytes;
  }

  compacted(device: string, hour: number, chunk: number): void {
    const open = this.#open.get(`${hour} ${device}`);
    if (!open) return;
    if (hour < this.#hour) this.#open.delete(`${hour} ${device}`);
    else Object.assign(open, { bytes: 0, chunk });
  }

  forget(device: string): void {
    for (const [key, open] of this.#open) if (open.device === device) this.#open.delete(key);
  }

  /** Every hour once it is over; before that, hours with so much open that reading it would cost more than a merge. */
  due(now: number): 'none' | 'hour-over' | { device: string; hour: number }[] {
    if (now !== this.#hour) {
      this.#hour = now;
      return 'hour-over';
    }
    const grown: Open[] = [];
    for (const open of this.#open.values()) {
      if (open.bytes >= Math.max(GROWN, open.chunk * TIMES)) grown.push(open);
    }
    return grown.length > 0 ? grown : 'none';
  }
}
