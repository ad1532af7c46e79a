import { type PurposeId, purposeIds } from '../../../../lists/purposes.ts';
import type { Attempt } from '../../../between/attempt-batch.ts';
import { HashedName } from '../../../policy/hashed-name.ts';
import { type Outcome, outcomes, type WallMs } from '../../../policy/model.ts';
import { textFromName } from '../../../wire/name.ts';
import { KindTable, NO_KIND } from './kind-table.ts';
import type { WantedName } from './wanted.ts';

/** All that equal attempts of a device have in common. Rows name it by its number. */
export interface Entry {
  readonly number: number;
  /** When the device first asked so. */
  readonly firstAt: WallMs;
  readonly qtype: number;
  readonly outcome: Outcome;
  readonly purpose?: PurposeId;
  readonly reason: string;
  readonly domain: string;
  /** Still names old rows, but no new ones. */
  readonly retired: boolean;
}

/** What roll-ups tell apart. */
export interface Traits {
  readonly outcome: Outcome;
  readonly purpose?: PurposeId;
  /** It matched nothing, and was stored by full logging only. */
  readonly unmatched: boolean;
}

/** Resolvers whose clocks differ by seconds share entries all the same. */
const CLOCKS_DIFFER = 60_000;

/**
 * The entries of one device, numbered from 1 and never renumbered. Each device has its own, so that forgetting a
 * device forgets the names that only it asked for. The generation changes whenever entries are retired or the
 * device was forgotten: whoever packed rows with an older one must read the dictionary again.
 */
export class Dictionary {
  readonly generation: string;
  readonly #kinds = new KindTable();
  /** By number: blank ones, retired ones, and those that columns can't hold. */
  readonly #others = new Map<number, Entry | undefined>();
  /** By outcome, purpose, and whether full logging alone stored it: there are few, and roll-ups ask for them per row. */
  readonly #traits: Traits[] = [];
  readonly #reasons: string[] = [];
  readonly #reasonNumbers = new Map<string, number>();
  /** Number of the reason of what full logging alone stored; -1 until there is one. */
  #full = -1;

  constructor(generation: string, lines: readonly string[] = []) {
    this.generation = generation;
    this.learn(1, lines);
  }

  /** The highest number in use. */
  get size(): number {
    return this.#kinds.size;
  }

  /** When the newest of the entries that can be found was first seen. */
  get newestAt(): WallMs {
    return this.#kinds.newestAt;
  }

  /** Takes lines that are numbered from `first` on; those known already are skipped. */
  learn(first: number, lines: readonly string[]): void {
    for (const line of lines.slice(this.size + 1 - first)) this.#learn(line);
  }

  entry(number: number): Entry | undefined {
    if (number < 1 || number > this.size) return undefined;
    return this.#others.has(number) ? this.#others.get(number) : this.#read(number);
  }

  /** What roll-ups tell apart of an entry; undefined for a blank one. */
  traits(number: number): Traits | undefined {
    if (number < 1 || number > this.size) return undefined;
    const what = this.#kinds.whatOf(number);
    if (what === NO_KIND) {
      const entry = this.#others.get(number);
      return entry && traitsOf(entry);
    }
    const isFull = this.#kinds.reasonOf(number) === this.#full;
    const key = ((what >>> 24) * outcomes.length + ((what >>> 16) & 0xff)) * 2 + (isFull ? 1 : 0);
    return (this.#traits[key] ??= traitsOf(this.#read(number)));
  }

  entries(): Entry[] {
    return Array.from({ length: this.size }, (_, i) => this.entry(i + 1)).filter((entry) => entry !== undefined);
  }

  /** When the device first asked so; undefined for a blank entry. */
  firstAt(number: number): WallMs | undefined {
    return this.#kinds.whatOf(number) === NO_KIND ? this.#others.get(number)?.firstAt : this.#kinds.firstAtOf(number);
  }

  /** The name of an entry that is not blank. */
  domain(number: number): string | undefined {
    if (this.#kinds.whatOf(number) === NO_KIND) return this.#others.get(number)?.domain;
    return textFromName(this.#kinds.nameOf(number), 0);
  }

  isFor(number: number, { text, wire, andBelow }: WantedName): boolean {
    if (this.#kinds.whatOf(number) === NO_KIND) {
      const domain = this.#others.get(number)?.domain;
      return domain === text || (andBelow && domain?.endsWith(`.${text}`) === true);
    }
    if (!wire) return false;
    return andBelow
      ? this.#kinds.isWithin(number, wire, wire.length)
      : this.#kinds.isNamed(number, wire, 0, wire.length);
  }

  /** What `find` wants to know a reason by; -1 for one that no entry has. */
  reasonNumber(reason: string): number {
    return this.#reasonNumbers.get(reason) ?? -1;
  }

  /**
   * Number of the entry for a kind of attempt, as a batch has it; 0 when there is none. Not one that was first seen
   * well after the attempt: replayed attempts may be older, and first seen must be true.
   * @param place see `placeOf`
   * @param at of the attempt; undefined when it is newer than all entries
   */
  find(
    place: number,
    what: number,
    reason: number,
    at: WallMs | undefined,
    names: Uint8Array,
    nameAt: number,
    length: number,
  ): number {
    if (reason < 0) return 0;
    const before = at === undefined ? undefined : at + CLOCKS_DIFFER;
    return this.#kinds.find(place, what, reason, before, names, nameAt, length);
  }

  /** What may be at these places will be looked for soon: brings from memory what tells whether it is there. */
  expect(places: Int32Array, count: number): void {
    this.#kinds.expect(places, count);
  }

  #learn(line: string): void {
    const number = this.size + 1;
    const entry = line === '' ? undefined : parseEntry(line, number);
    if (!entry || entry.retired || !isColumnar(entry) || !reads(entry.domain)) {
      this.#kinds.add(0, NO_KIND, 0, 0, name.name.bytes, 0);
      this.#others.set(number, entry);
      return;
    }
    const { bytes, length } = name.name;
    this.#kinds.add(hashOf(name), whatOf(entry), this.#numberReason(entry.reason), entry.firstAt, bytes, length);
  }

  #read(number: number): Entry {
    const what = this.#kinds.whatOf(number);
    const purpose = what >>> 24;
    return {
      number,
      firstAt: this.#kinds.firstAtOf(number),
      qtype: what & 0xffff,
      outcome: outcomes[(what >>> 16) & 0xff],
      purpose: purpose > 0 ? purposeIds[purpose - 1] : undefined,
      reason: this.#reasons[this.#kinds.reasonOf(number)],
      domain: textFromName(this.#kinds.nameOf(number), 0),
      retired: false,
    };
  }

  #numberReason(reason: string): number {
    let number = this.#reasonNumbers.get(reason);
    if (number === undefined) {
      number = this.#reasons.push(reason) - 1;
      this.#reasonNumbers.set(reason, number);
      if (isUnmatched({ reason })) this.#full = number;
    }
    return number;
  }
}

const name = new HashedName();

/** Leaves in `name` what was read. @returns false for what is not written as names are */
const reads = (domain: string): boolean => name.readText(domain) && name.name.toText() === domain;

/** The lane that batches carry; of what stands for all names below one, the hash of that one. */
export function hashOf({ name, lanes }: HashedName): number {
  if (isBelow(name.bytes, 0)) return hashBelow(name.bytes, 2);
  return name.count > 0 ? lanes[2 * name.count - 2] | 0 : 0;
}

/** Whether "*" is the first label. */
export const isBelow = (names: Uint8Array, at: number): boolean => names[at] === 1 && names[at + 1] === 0x2a;

/** FNV-1a of the name at `at`: one that batches have no lane for. */
export function hashBelow(names: Uint8Array, at: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let label = at; names[label] !== 0; ) {
    for (const next = label + names[label] + 1; label < next; label++)
      hash = Math.imul(hash ^ names[label], 0x01000193);
  }
  return hash;
}

/** Type, outcome and purpose as a batch has them in one word. */
export const whatOf = ({ qtype, outcome, purpose }: Pick<Entry, 'qtype' | 'outcome' | 'purpose'>): number =>
  qtype | (outcomes.indexOf(outcome) << 16) | ((purpose ? purposeIds.indexOf(purpose) + 1 : 0) << 24);

/** Whether this program has a number for its outcome and purpose. */
const isColumnar = ({ outcome, purpose }: Entry): boolean =>
  outcomes.includes(outcome) && (purpose === undefined || purposeIds.includes(purpose));

/** Entries are kept as text: they outlive versions of this program in which purposes and outcomes were renumbered. */
export function formatEntry(attempt: Omit<Attempt, 'at' | 'device'>, firstAt: WallMs): string {
  const reason = attempt.reason === `purpose:${attempt.purpose}` ? '=' : encodeURIComponent(attempt.reason);
  return `${firstAt.toString(36)} ${attempt.qtype} ${attempt.outcome} ${attempt.purpose ?? '-'} ${reason} ${attempt.domain}`;
}

/** The attempt matched nothing and was written down by full logging only. */
const traitsOf = ({ outcome, purpose, reason }: Entry): Traits => ({
  outcome,
  purpose,
  unmatched: isUnmatched({ reason }),
});

export const isUnmatched = (attempt: { readonly reason: string }) => attempt.reason === 'full';

export const retiredLine = (line: string) => `!${line}`;

function parseEntry(line: string, number: number): Entry {
  const retired = line.startsWith('!');
  const [firstAt, qtype, outcome, purpose, reason, ...domain] = (retired ? line.slice(1) : line).split(' ');
  return {
    number,
    firstAt: Number.parseInt(firstAt, 36),
    qtype: Number(qtype),
    outcome: outcome as Outcome,
    purpose: purpose === '-' ? undefined : (purpose as PurposeId),
    reason: reason === '=' ? `purpose:${purpose}` : decodeURIComponent(reason),
    domain: domain.join(' '),
    retired,
  };
}
