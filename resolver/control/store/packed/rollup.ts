import type { PurposeId } from '../../../../lists/purposes.ts';
import type { Outcome } from '../../../policy/model.ts';
import type { Totals } from '../store.ts';
import type { Dictionary, Traits } from './dictionary.ts';
import { Frequencies } from './frequencies.ts';
import type { Segment } from './segment.ts';
import { ByteReader, ByteWriter } from './varint.ts';

/** Attempts that were alike in all that roll-ups tell apart. */
export interface Tally {
  readonly outcome: Outcome;
  readonly purpose?: PurposeId;
  /** Missing where the hour had too many domains to keep each, and where nothing but full logging stored them. */
  readonly domain?: string;
  /** The attempt matched nothing and was stored by full logging only. */
  readonly unmatched: boolean;
  readonly count: number;
}

const out = new ByteWriter();
/** For one hour after the other. */
let frequencies = new Frequencies();
/** Entries whose columns stay for the next hour. */
const KEEP = 1 << 15;

/** What stays of a device's hour when its attempts are dropped; also the sum of several. */
export class RollUp {
  asked = 0;
  blocked = 0;
  allowed = 0;
  readonly #named = new Map<number, number>();
  readonly #rest = new Map<string, number>();

  addPacked(bytes: Uint8Array): void {
    const input = new ByteReader(bytes);
    const version = input.read();
    if (version !== formatVersion) {
      throw new Error(`The record has roll-ups of format ${version}; update Quell to read it.`);
    }
    this.asked += input.read();
    this.blocked += input.read();
    this.allowed += input.read();
    for (let left = input.read(); left > 0; left--) increase(this.#named, input.read(), input.read());
    for (let left = input.read(); left > 0; left--) increase(this.#rest, input.readText(), input.read());
  }

  /** Keeps the names that were asked for most, and of the others what they were for. */
  pack(dictionary: Dictionary): Buffer {
    this.#keepMostFrequent(dictionary);
    out.begin();
    for (const value of [formatVersion, this.asked, this.blocked, this.allowed, this.#named.size]) out.write(value);
    for (const [entry, count] of this.#named) {
      out.write(entry);
      out.write(count);
    }
    out.write(this.#rest.size);
    for (const [kind, count] of this.#rest) {
      out.writeText(kind);
      out.write(count);
    }
    return out.bytes();
  }

  add({ rows, asked, blocked }: Segment, dictionary: Dictionary): void {
    this.asked += asked;
    this.blocked += blocked;
    frequencies.clear();
    for (let row = 0; row < rows.length; row++) frequencies.add(rows.entry(row), rows.count(row));
    this.#addFrequencies(dictionary);
    if (frequencies.room > KEEP) frequencies = new Frequencies();
  }

  #addFrequencies(dictionary: Dictionary): void {
    const cut = frequencies.size > manyNames ? frequencies.cut(namedAtMost) : { least: 0, ties: 0 };
    let ties = cut.ties;
    let last: Traits | undefined;
    let unnamed = 0;
    for (let place = 0; place < frequencies.size; place++) {
      const entry = frequencies.entry(place);
      const traits = dictionary.traits(entry);
      if (!traits) continue;
      const attempts = frequencies.attempts(place);
      if (!traits.unmatched && traits.outcome !== 'blocked') this.allowed += attempts;
      const isFrequent = attempts > cut.least || (attempts === cut.least && ties-- > 0);
      if (!traits.unmatched && (isFrequent || this.#named.has(entry))) {
        increase(this.#named, entry, attempts);
        continue;
      }
      if (last && last !== traits) {
        increase(this.#rest, kindOf(last), unnamed);
        unnamed = 0;
      }
      last = traits;
      unnamed += attempts;
    }
    if (last) increase(this.#rest, kindOf(last), unnamed);
  }

  totals(): Totals {
    const { asked, blocked, allowed } = this;
    return { blocked, allowed, counted: Math.max(0, asked - blocked - allowed) };
  }

  entries(): Iterable<number> {
    return this.#named.keys();
  }

  /** By name, where it has names. */
  tallies(dictionary: Dictionary): Tally[] {
    const tallies = this.#unnamed();
    for (const [entry, count] of this.#named) {
      const traits = dictionary.traits(entry);
      if (traits) tallies.push({ ...traits, domain: dictionary.domain(entry), count });
    }
    return tallies;
  }

  /** Without names, which are many. */
  kinds(dictionary: Dictionary): Tally[] {
    const counts = new Map<Traits, number>();
    for (const [entry, count] of this.#named) {
      const traits = dictionary.traits(entry);
      if (traits) increase(counts, traits, count);
    }
    return [...Array.from(counts, ([traits, count]) => ({ ...traits, count })), ...this.#unnamed()];
  }

  #unnamed(): Tally[] {
    return Array.from(this.#rest, ([kind, count]) => {
      const [outcome, purpose, matched] = kind.split(' ');
      return {
        outcome: outcome as Outcome,
        purpose: purpose === '-' ? undefined : (purpose as PurposeId),
        unmatched: matched === 'unmatched',
        count,
      };
    });
  }

  #keepMostFrequent(dictionary: Dictionary): void {
    if (this.#named.size <= namedAtMost) return;
    const rarest = [...this.#named].sort((a, b) => b[1] - a[1]).slice(namedAtMost);
    for (const [number, count] of rarest) {
      this.#named.delete(number);
      const traits = dictionary.traits(number);
      if (traits) increase(this.#rest, kindOf(traits), count);
    }
  }
}

const kindOf = ({ outcome, purpose, unmatched }: Traits) =>
  `${outcome} ${purpose ?? '-'} ${unmatched ? 'unmatched' : 'matched'}`;

function increase<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

export function totalsOf(tally: Tally): Totals {
  if (tally.unmatched) return { blocked: 0, allowed: 0, counted: tally.count };
  const blocked = tally.outcome === 'blocked';
  return { blocked: blocked ? tally.count : 0, allowed: blocked ? 0 : tally.count, counted: 0 };
}

const formatVersion = 1;
/** Enough for the busiest phone's hour; a scan of a thousand names doesn't make its roll-up grow with it. */
const namedAtMost = 96;
/** A flood's names are not each looked at when only the most frequent will be named. */
const manyNames = 4 * namedAtMost;
