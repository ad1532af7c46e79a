import { crc32 } from 'node:zlib';
import { hashName, lanesOfName } from './name-hash.ts';
import {
  type Condition,
  ENTRY_WORDS,
  HEADER_WORDS,
  MAGIC,
  type Membership,
  orderOf,
  type Pattern,
  type Source,
} from './rule-set.ts';

/** How full the finished table is: 8 bytes an entry at 0.8 make 10 bytes a name. */
const LOAD = 0.8;

/** How many names fit: each takes 10 bytes of the finished set, and building it takes twice as much again and more. */
export const namesWithin = (bytes: number): number => Math.floor(bytes / 10);

/** While the table is built: two lanes and a list-set id. */
const WORDS = 3;

/** Collects names and writes them as the flat buffer that `RuleSet` reads. */
export class RuleSetBuilder {
  readonly sources: Source[] = [];
  readonly conditions: Condition[] = [];
  readonly patterns: Pattern[] = [];
  private readonly memberships: Membership[] = [];
  private readonly membershipNumbers = new Map<string, number>();
  private readonly conditionNumbers = new Map<string, number>();
  private readonly listSets: number[][] = [[]];
  /** What a list-set becomes when one more membership joins it: key `listSet * 2^20 + membership`. */
  private readonly unions = new Map<number, number>();
  private table = new Uint32Array(1024 * WORDS);
  private capacity = 1024;
  private names = 0;

  /** A number for a membership, for `add`; equal memberships share one. */
  membership(membership: Membership): number {
    const key = JSON.stringify(membership);
    const known = this.membershipNumbers.get(key);
    if (known !== undefined) return known;
    this.membershipNumbers.set(key, this.memberships.push(membership) - 1);
    return this.memberships.length - 1;
  }

  /** The index of a condition, for `Membership.condition`; equal conditions share one. */
  condition(condition: Condition): number {
    const key = JSON.stringify(condition);
    const known = this.conditionNumbers.get(key);
    if (known !== undefined) return known;
    this.conditionNumbers.set(key, this.conditions.push(condition) - 1);
    return this.conditions.length - 1;
  }

  /** @returns false when the text is no name */
  addName(name: string, membership: number): boolean {
    const count = hashName(name);
    if (count === 0) return false;
    this.add(lanesOfName[2 * count - 2], lanesOfName[2 * count - 1], membership);
    return true;
  }

  /** @returns whether the name did not have this membership before */
  add(first: number, second: number, membership: number): boolean {
    if ((this.names + 1) * 2 > this.capacity) this.growTo(this.capacity * 2);
    const slot = findSlot(this.table, this.capacity, first, second);
    if (this.table[slot + 2] === 0) {
      this.table[slot] = first;
      this.table[slot + 1] = second;
      this.names++;
    }
    const before = this.table[slot + 2];
    const after = this.union(before, membership);
    this.table[slot + 2] = after;
    return after !== before;
  }

  /** Makes room for so many more names at once, which is cheaper than growing to it. */
  reserve(names: number): void {
    let capacity = this.capacity;
    while ((this.names + names + 1) * 2 > capacity) capacity *= 2;
    if (capacity > this.capacity) this.growTo(capacity);
  }

  /** The memberships of a name so far, as numbers; empty when it has none. */
  find(first: number, second: number): readonly number[] {
    return this.listSets[this.table[findSlot(this.table, this.capacity, first, second) + 2]];
  }

  get size(): number {
    return this.names;
  }

  finish(): SharedArrayBuffer {
    const meta = Buffer.from(
      JSON.stringify({
        sources: this.sources,
        listSets: this.listSets.map((set) => set.map((number) => this.memberships[number])),
        conditions: this.conditions,
        patterns: this.patterns,
      }),
    );
    const order = this.inOrder();
    const { capacity, slots, knownBits } = this.shape(order);
    const metaStart = (HEADER_WORDS + slots * ENTRY_WORDS) * 4;
    const buffer = new SharedArrayBuffer(metaStart + meta.length);
    const idBits = 32 - Math.clz32(Math.max(1, this.listSets.length - 1));
    const table = new Int32Array(buffer, HEADER_WORDS * 4, slots * ENTRY_WORDS);
    this.place(order, capacity, (entry, slot) => {
      const second = this.table[entry + 1];
      table[slot * ENTRY_WORDS] = orderOf(this.table[entry], second, knownBits);
      table[slot * ENTRY_WORDS + 1] = (second << idBits) | this.table[entry + 2];
    });
    new Uint8Array(buffer, metaStart).set(meta);
    const header = new Uint32Array(buffer, 0, HEADER_WORDS);
    header.set([MAGIC, 0, capacity, this.names, meta.length, slots, knownBits, idBits]);
    header[1] = crc32(new Uint8Array(buffer, 8));
    return buffer;
  }

  /** Where the entries are, ordered by their lanes. */
  private inOrder(): Uint32Array {
    const { table } = this;
    const order = new Uint32Array(this.names);
    let count = 0;
    for (let slot = 0; slot < table.length; slot += WORDS) {
      if (table[slot + 2] === 0) continue;
      // Nearly every entry is behind all smaller ones already: those that share a home are the exception.
      let at = count++;
      for (; at > 0 && isBehind(table, order[at - 1], slot); at--) order[at] = order[at - 1];
      order[at] = slot;
    }
    return order;
  }

  /** Room for all, and as many known bits as the farthest entry from its home allows. */
  private shape(order: Uint32Array): { capacity: number; slots: number; knownBits: number } {
    for (let capacity = Math.max(16, Math.ceil(this.names / LOAD)); ; capacity *= 2) {
      let last = 0;
      let farthest = 0;
      this.place(order, capacity, (_entry, slot, home) => {
        last = slot;
        farthest = Math.max(farthest, slot - home);
      });
      const knownBits = Math.floor(Math.log2(capacity / (2 * (farthest + 2))));
      // Only names that somebody chose for it lie so close.
      if (knownBits < 0) continue;
      // As many as there are homes, what is pushed over the last of them, and a free one at the end.
      return { capacity, slots: Math.max(last + 1, capacity) + 1, knownBits };
    }
  }

  private place(order: Uint32Array, capacity: number, put: (entry: number, slot: number, home: number) => void): void {
    let next = 0;
    for (const entry of order) {
      const home = homeOf(this.table[entry], capacity);
      const slot = Math.max(next, home);
      put(entry, slot, home);
      next = slot + 1;
    }
  }

  private union(listSet: number, membership: number): number {
    if (this.listSets[listSet].includes(membership)) return listSet;
    const key = listSet * 2 ** 20 + membership;
    const known = this.unions.get(key);
    if (known !== undefined) return known;
    const joined = [...this.listSets[listSet], membership].sort((a, b) => a - b);
    const same = this.listSets.findIndex((set) => set.length === joined.length && set.every((m, i) => m === joined[i]));
    const id = same > 0 ? same : this.listSets.push(joined) - 1;
    this.unions.set(key, id);
    return id;
  }

  private growTo(capacity: number): void {
    const table = new Uint32Array(capacity * WORDS);
    copyEntries(this.table, table, capacity);
    this.table = table;
    this.capacity = capacity;
  }
}

function findSlot(table: Uint32Array, capacity: number, first: number, second: number): number {
  const a = first >>> 0;
  const b = second >>> 0;
  let slot = homeOf(a, capacity) * WORDS;
  while (table[slot + 2] !== 0 && (table[slot] !== a || table[slot + 1] !== b)) {
    slot += WORDS;
    if (slot === capacity * WORDS) slot = 0;
  }
  return slot;
}

function copyEntries(from: Uint32Array, to: Uint32Array, capacity: number): void {
  for (let entry = 0; entry < from.length; entry += WORDS) {
    if (from[entry + 2] !== 0) copyEntry(from, entry, to, findSlot(to, capacity, from[entry], from[entry + 1]));
  }
}

function copyEntry(from: Uint32Array, entry: number, to: Uint32Array, slot: number): void {
  to[slot] = from[entry];
  to[slot + 1] = from[entry + 1];
  to[slot + 2] = from[entry + 2];
}

const homeOf = (lane: number, capacity: number): number => Math.floor((lane * capacity) / 2 ** 32);

const isBehind = (table: Uint32Array, one: number, other: number): boolean =>
  table[one] > table[other] || (table[one] === table[other] && table[one + 1] > table[other + 1]);
