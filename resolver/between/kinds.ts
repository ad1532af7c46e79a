/**
 * Where the parts of a kind stand in its octets, little-endian: the first hash lane of its name (u32), position in
 * `devices` (u16), position in `reasons` (u16), type (u16), position in `outcomes` (u8), position in `purposeIds` + 1
 * (u8, 0: none), length of the name (u8), then the name in wire form.
 */
export const kindLayout = { hash: 0, device: 4, reason: 6, qtype: 8, outcome: 10, purpose: 11, length: 12, name: 13 };

/**
 * Every kind of attempt once, numbered from 0 in the order they came. One batch after the other names kinds of the
 * same table, and brings those that are new to it: a household's few are told once, not with every flush.
 */
export class Kinds {
  /** Longer than what is in it: kinds end at `end`. */
  octets: Uint8Array;
  view: DataView;
  /** Where each begins; longer than there are kinds. */
  starts = new Int32Array(16);
  count = 0;
  end = 0;
  /** Whether one batch built on another's. */
  isBuiltOn = false;

  /** @param octets of the first of them, which stay as they are */
  constructor(octets: Uint8Array = new Uint8Array()) {
    this.octets = octets;
    this.view = viewOf(octets);
    this.#enter(octets.length);
  }

  /** @param octets of the kinds that come next, which stay as they are */
  append(octets: Uint8Array): void {
    const end = this.end + octets.length;
    if (this.end === 0) {
      this.octets = octets;
      this.view = viewOf(octets);
      this.#enter(end);
      return;
    }
    this.isBuiltOn = true;
    if (end > this.octets.length) {
      const larger = new Uint8Array(Math.max(end, this.octets.length * 2));
      larger.set(this.octets.subarray(0, this.end));
      this.octets = larger;
      this.view = viewOf(larger);
    }
    this.octets.set(octets, this.end);
    this.#enter(end);
  }

  device(kind: number): number {
    return this.view.getUint16(this.starts[kind] + kindLayout.device, true);
  }

  reason(kind: number): number {
    return this.view.getUint16(this.starts[kind] + kindLayout.reason, true);
  }

  qtype(kind: number): number {
    return this.view.getUint16(this.starts[kind] + kindLayout.qtype, true);
  }

  outcome(kind: number): number {
    return this.octets[this.starts[kind] + kindLayout.outcome];
  }

  purpose(kind: number): number {
    return this.octets[this.starts[kind] + kindLayout.purpose];
  }

  /** The octets of one. */
  of(kind: number): Uint8Array {
    const start = this.starts[kind];
    return this.octets.subarray(start, start + sizeAt(this.octets, start));
  }

  #enter(end: number): void {
    let count = this.count;
    for (let at = this.end; at < end; at += sizeAt(this.octets, at)) count++;
    if (count > this.starts.length) {
      const larger = new Int32Array(Math.max(count, this.starts.length * 2));
      larger.set(this.starts);
      this.starts = larger;
    }
    const { starts, octets } = this;
    for (let at = this.end, kind = this.count; kind < count; at += sizeAt(octets, at)) starts[kind++] = at;
    this.count = count;
    this.end = end;
  }
}

const sizeAt = (octets: Uint8Array, start: number): number => kindLayout.name + octets[start + kindLayout.length];

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength);
