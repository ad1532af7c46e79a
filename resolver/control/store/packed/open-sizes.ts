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
    const open = this.#open.get(key);
    if (open) open.bytes += bytes;
    else this.#open.set(key, { device, hour, bytes, chunk: 0 });
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

  /** Every hour once it is over; before that, hours with much more open than a merge costs. */
  due(now: number): 'none' | 'hour-over' | { device: string; hour: number }[] {
    if (now !== this.#hour) {
      this.#hour = now;
      return 'hour-over';
    }
    const grown: Open[] = [];
    for (const open of this.#open.values()) if (open.bytes >= Math.max(8192, open.chunk)) grown.push(open);
    return grown.length > 0 ? grown : 'none';
  }
}
