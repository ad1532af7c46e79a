import { crc32 } from 'node:zlib';
import { hashName, lanesOfName } from './name-hash.ts';
import {
  type Condition,
  ENTRY_WORDS,
  HEADER_WORDS,
  MAGIC,
  type Membership,
  type Pattern,
  type Source,
} from './rule-set.ts';

/** How full the finished table is: 12 bytes an entry at 0.8 make 15 bytes a name. */
const LOAD = 0.8;

/** How many names fit: each takes 15 bytes of the finished set, and building it takes as much again and more. */
export const namesWithin = (bytes: number): number => Math.floor(bytes / 15);

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
  private table = new Uint32Array(1024 * ENTRY_WORDS);
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
    const capacity = Math.max(16, Math.ceil(this.names / LOAD));
    const meta = Buffer.from(
      JSON.stringify({
        sources: this.sources,
        listSets: this.listSets.map((set) => set.map((number) => this.memberships[number])),
        conditions: this.conditions,
        patterns: this.patterns,
      }),
    );
    const order = this.inOrder();
    const slots = slotsFor(this.table, order, capacity);
    const metaStart = (HEADER_WORDS + slots * ENTRY_WORDS) * 4;
    const buffer = new SharedArrayBuffer(metaStart + meta.length);
    placeInOrder(this.table, order, capacity, new Uint32Array(buffer, HEADER_WORDS * 4, slots * ENTRY_WORDS));
    new Uint8Array(buffer, metaStart).set(meta);
    const header = new Uint32Array(buffer, 0, HEADER_WORDS);
    header.set([MAGIC, 0, capacity, this.names, meta.length, slots]);
    header[1] = crc32(new Uint8Array(buffer, 8));
    return buffer;
  }

  /** Where the entries are, ordered by their first lanes. */
  private inOrder(): Uint32Array {
    const { table } = this;
    const order = new Uint32Array(this.names);
    let count = 0;
    for (let slot = 0; slot < table.length; slot += ENTRY_WORDS) {
      if (table[slot + 2] === 0) continue;
      // Nearly every entry is behind all smaller ones already: those that share a home are the exception.
      let at = count++;
      for (; at > 0 && table[order[at - 1]] > table[slot]; at--) order[at] = order[at - 1];
      order[at] = slot;
    }
    return order;
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
    const table = new Uint32Array(capacity * ENTRY_WORDS);
    copyEntries(this.table, table, capacity);
    this.table = table;
    this.capacity = capacity;
  }
}

function findSlot(table: Uint32Array, capacity: number, first: number, second: number): number {
  const a = first >>> 0;
  const b = second >>> 0;
  let slot = homeOf(a, capacity) * ENTRY_WORDS;
  while (table[slot + 2] !== 0 && (table[slot] !== a || table[slot + 1] !== b)) {
    slot += ENTRY_WORDS;
    if (slot === capacity * ENTRY_WORDS) slot = 0;
  }
  return slot;
}

function copyEntries(from: Uint32Array, to: Uint32Array, capacity: number): void {
  for (let entry = 0; entry < from.length; entry += ENTRY_WORDS) {
    if (from[entry + 2] !== 0) copyEntry(from, entry, to, findSlot(to, capacity, from[entry], from[entry + 1]));
  }
}

function copyEntry(from: Uint32Array, entry: number, to: Uint32Array, slot: number): void {
  to[slot] = from[entry];
  to[slot + 1] = from[entry + 1];
  to[slot + 2] = from[entry + 2];
}

const homeOf = (lane: number, capacity: number): number => Math.floor((lane * capacity) / 2 ** 32);

/** As many as there are homes, what is pushed over the last of them, and a free one at the end. */
function slotsFor(table: Uint32Array, order: Uint32Array, capacity: number): number {
  let next = 0;
  for (const entry of order) next = Math.max(next, homeOf(table[entry], capacity)) + 1;
  return Math.max(next, capacity) + 1;
}

function placeInOrder(from: Uint32Array, order: Uint32Array, capacity: number, to: Uint32Array): void {
  let next = 0;
  for (const entry of order) {
    const place = Math.max(next, homeOf(from[entry], capacity));
    copyEntry(from, entry, to, place * ENTRY_WORDS);
    next = place + 1;
  }
}
