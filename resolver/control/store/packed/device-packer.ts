import { purposeIds } from '../../../../lists/purposes.ts';
import type { AttemptBatch } from '../../../between/attempt-batch.ts';
import { type Kinds, kindLayout } from '../../../between/kinds.ts';
import { MOST_KINDS, MOST_PARENTS, PARENT_LABELS, parent, readParent } from '../../../between/many-names.ts';
import { outcomes, type WallMs } from '../../../policy/model.ts';
import { textFromName } from '../../../wire/name.ts';
import { type Dictionary, formatEntry, hashBelow, isBelow } from './dictionary.ts';
import { hourMs, hourOf } from './hour.ts';
import { HourRows } from './hour-rows.ts';
import { placeOf } from './kind-table.ts';

/** What one batch says of one device. Times of its rows are milliseconds since it began: whole wall-clock times are no small numbers. */
export class DevicePacker {
  /** What the dictionary lacks, numbered on from its size. */
  readonly lines: string[] = [];
  readonly hours = new Map<number, HourRows>();
  readonly dictionary: Dictionary | undefined;
  readonly #batch: AttemptBatch;
  readonly #kinds: Kinds;
  readonly #reasonNumbers: readonly number[];
  readonly #added = new Map<string, number>();
  /** When the batch began. */
  readonly #began: WallMs;
  /** No entry was met first after that. */
  readonly #isNewest: boolean;
  #hour: HourRows | undefined;
  /** Since the batch began, when the hour did. */
  #since = 0;

  /** @param dictionary of a device that has attempts in the batch */
  constructor(batch: AttemptBatch, dictionary: Dictionary | undefined) {
    this.dictionary = dictionary;
    this.#batch = batch;
    this.#kinds = batch.kinds;
    this.#began = Math.floor(batch.began);
    this.#isNewest = dictionary !== undefined && dictionary.newestAt <= this.#began;
    this.#reasonNumbers = dictionary ? batch.reasons.map((reason) => dictionary.reasonNumber(reason)) : [];
  }

  /** Whether an entry that was found for a kind before is the one for it at `first`, too. */
  isAfterAll(first: number): boolean {
    return this.#isNewest && first >= 0;
  }

  /** Where the dictionary may have the kind, see `placeOf`. */
  placeOf(kind: number): number {
    const kinds = this.#kinds;
    const name = kinds.start(kind) + kindLayout.name;
    const hash = isBelow(kinds.octets, name) ? hashBelow(kinds.octets, name + 2) : kinds.hash(kind);
    return placeOf(hash, kinds.what(kind), this.#reasonOf(kind));
  }

  /** What may be at these places is soon asked for. */
  expect(places: Int32Array, count: number): void {
    this.dictionary!.expect(places, count);
  }

  /**
   * @param place see `placeOf`
   * @returns number of the entry for the kind, first met in this batch at `first`
   */
  entryFor(kind: number, first: number, place: number): number {
    const { octets } = this.#kinds;
    const start = this.#kinds.start(kind);
    const name = start + kindLayout.name;
    const found = this.#find(place, kind, first, octets, name, octets[start + kindLayout.length]);
    if (found > 0) return found;
    if (this.dictionary!.size + this.lines.length < MOST_KINDS)
      return this.#add(kind, first, textFromName(octets, name));
    return this.#parentFor(kind, first, PARENT_LABELS);
  }

  #parentFor(kind: number, first: number, labels: typeof PARENT_LABELS | 0): number {
    const length = readParent(this.#kinds.octets, this.#kinds.start(kind) + kindLayout.name, labels);
    const place = placeOf(hashBelow(parent, 2), this.#kinds.what(kind), this.#reasonOf(kind));
    const known = this.#find(place, kind, first, parent, 0, length);
    if (known > 0) return known;
    const isTooMany = labels > 0 && this.dictionary!.size + this.lines.length >= MOST_KINDS + MOST_PARENTS;
    return isTooMany ? this.#parentFor(kind, first, 0) : this.#add(kind, first, textFromName(parent, 0));
  }

  /** After `entryFor` for all kinds. */
  addRow(at: number, entry: number, isBlocked: boolean, attempts: number): void {
    const offset = at - this.#since;
    if (this.#hour && offset >= 0 && offset < hourMs) this.#hour.add(offset, entry, isBlocked, attempts);
    else this.#openHour(hourOf(this.#began + at)).add(at - this.#since, entry, isBlocked, attempts);
  }

  /** Questions that are in no row: they matched nothing, or their device is not recorded, or the ring had no room. */
  addSurplus(total: number, blocked: number, hourNumber: number): void {
    let [asked, refused] = [total, blocked];
    for (const hour of this.hours.values()) {
      asked -= hour.asked;
      refused -= hour.blocked;
    }
    if (asked <= 0 && refused <= 0) return;
    const hour = this.#openHour(hourNumber);
    hour.asked += Math.max(asked, 0);
    hour.blocked += Math.max(refused, 0);
  }

  #find(place: number, kind: number, first: number, names: Uint8Array, at: number, length: number): number {
    const before = this.isAfterAll(first) ? undefined : this.#began + first;
    return this.dictionary!.find(place, this.#kinds.what(kind), this.#reasonOf(kind), before, names, at, length);
  }

  #reasonOf(kind: number): number {
    return this.#reasonNumbers[this.#kinds.reason(kind)];
  }

  #add(kind: number, first: number, domain: string): number {
    const kinds = this.#kinds;
    const purpose = kinds.purpose(kind);
    const parts = {
      domain,
      qtype: kinds.qtype(kind),
      outcome: outcomes[kinds.outcome(kind)],
      purpose: purpose > 0 ? purposeIds[purpose - 1] : undefined,
      reason: this.#batch.reasons[kinds.reason(kind)],
    };
    const key = formatEntry(parts, 0);
    let number = this.#added.get(key);
    if (number === undefined) {
      number = this.dictionary!.size + this.lines.push(formatEntry(parts, this.#began + first));
      this.#added.set(key, number);
    }
    return number;
  }

  #openHour(number: number): HourRows {
    let hour = this.hours.get(number);
    if (!hour) {
      hour = HourRows.take((this.dictionary?.size ?? 0) + this.lines.length + 1);
      this.hours.set(number, hour);
    }
    this.#hour = hour;
    this.#since = number * hourMs - this.#began;
    return hour;
  }
}
