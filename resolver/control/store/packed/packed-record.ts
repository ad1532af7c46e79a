import type { AttemptBatch } from '../../../between/attempt-batch.ts';
import type { Kinds } from '../../../between/kinds.ts';
import type { WallMs } from '../../../policy/model.ts';
import {
  type AttemptFilter,
  type RecordKind,
  type RecordStore,
  SetBack,
  StoreAway,
  type SummaryFilter,
  type TimelineFilter,
} from '../store.ts';
import { compact } from './compaction.ts';
import { Dictionaries } from './dictionaries.ts';
import type { Dictionary } from './dictionary.ts';
import { expireEntries } from './expiry.ts';
import { hourOf } from './hour.ts';
import { KnownEntries } from './known-entries.ts';
import { OpenSizes } from './open-sizes.ts';
import { packBatch } from './pack-batch.ts';
import { page } from './page.ts';
import type { Shelf, ShelfWrite } from './shelf.ts';
import { summary, timeline } from './summary.ts';
import { theName, Wanted } from './wanted.ts';

/** The record as every backend keeps it: packed by device and hour, on a shelf that knows nothing of attempts. */
export class PackedRecord implements RecordStore {
  readonly #shelf: Shelf;
  readonly #now: () => WallMs;
  readonly #dictionaries: Dictionaries;
  readonly #acknowledged = new Map<string, number>();
  readonly #known = new WeakMap<Kinds, KnownEntries>();
  readonly #openSizes = new OpenSizes();
  /** Appends happen one after the other, compactions beside them. */
  #appending: Promise<unknown> = Promise.resolve();
  #compacting: Promise<void> | undefined;

  constructor(deps: { readonly shelf: Shelf; readonly now: () => WallMs }) {
    this.#shelf = deps.shelf;
    this.#now = deps.now;
    this.#dictionaries = new Dictionaries(deps.shelf);
  }

  append(batch: AttemptBatch, flushedAt?: WallMs): Promise<void> {
    const appended = this.#appending.then(() => this.#append(batch, flushedAt));
    this.#appending = appended.catch(() => {});
    return appended;
  }

  attempts(filter: AttemptFilter) {
    return page(this.#deps, filter);
  }

  summary(filter: SummaryFilter) {
    return summary(this.#deps, filter);
  }

  timeline(filter: TimelineFilter) {
    return timeline(this.#deps, filter);
  }

  async firstSeen(domain: string, device?: string | readonly string[]): Promise<WallMs | undefined> {
    const devices = device === undefined ? await this.#shelf.devices() : [device].flat();
    const dictionaries = await Promise.all(devices.map((each) => this.#dictionaries.current(each)));
    const name = theName(domain);
    const first = Math.min(...dictionaries.map((dictionary) => new Wanted(dictionary, { name }).firstAt));
    return Number.isFinite(first) ? first : undefined;
  }

  devices(): Promise<string[]> {
    return this.#shelf.devices();
  }

  async forget(device: string): Promise<void> {
    await this.#shelf.forget(device);
    this.#dictionaries.drop(device);
    this.#openSizes.forget(device);
  }

  async prune({ attempts, rollups, ...before }: Readonly<Record<RecordKind, WallMs>>): Promise<void> {
    const hours = { attempts: hourOf(attempts), rollUps: hourOf(rollups) };
    await this.#shelf.prune({ ...hours, boots: Math.min(attempts, rollups) });
    const fullLogging = Math.max(before.fullLogging, attempts);
    for (const device of await this.#shelf.devices()) {
      await expireEntries(this.#deps, device, { attempts, rollups, fullLogging });
    }
  }

  /** Compacts every hour that is over. Happens by itself as time goes on. */
  async compact(): Promise<void> {
    const now = hourOf(this.#now());
    for (const { device, hour } of await this.#shelf.openHours()) {
      if (hour < now) await this.#compactHour(device, hour);
    }
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.#appending;
    await this.#compacting;
  }

  get #deps() {
    return { shelf: this.#shelf, dictionaries: this.#dictionaries };
  }

  async #append(batch: AttemptBatch, flushedAt?: WallMs): Promise<void> {
    const now = this.#now();
    const countedAt = flushedAt ?? batch.lastAt ?? now;
    const dictionaries = new Map<string, Dictionary>();
    for (const device of batch.recorded) {
      dictionaries.set(device, await this.#dictionaries.forWriting(device));
    }
    for (let tries = 0; tries < 8; tries++) {
      const write: ShelfWrite = {
        boot: batch.boot,
        sequence: batch.sequence,
        previous: this.#acknowledged.get(batch.boot),
        now,
        ...this.#packed(batch, dictionaries, countedAt),
      };
      const result = await this.#shelf.append(write);
      if (result.kind === 'set-back') {
        if (result.last === undefined) this.#acknowledged.delete(batch.boot);
        else this.#acknowledged.set(batch.boot, result.last);
        throw new SetBack(result.last);
      }
      if (result.kind === 'stale') {
        for (const device of result.devices) dictionaries.set(device, await this.#dictionaries.current(device));
        continue;
      }
      this.#acknowledged.set(batch.boot, batch.sequence);
      if (result.kind === 'added') this.#added(write, dictionaries);
      return;
    }
    throw new StoreAway('Other resolvers keep changing the same devices; the attempts are kept and tried again.');
  }

  #packed(batch: AttemptBatch, dictionaries: ReadonlyMap<string, Dictionary>, countedAt: WallMs) {
    const { kinds } = batch;
    // A flood's tables last for one batch.
    if (!kinds.isBuiltOn) return packBatch(batch, dictionaries, new KnownEntries(), countedAt);
    const known = this.#known.get(kinds) ?? new KnownEntries();
    // What a failure left half done must not be used again.
    this.#known.delete(kinds);
    const packed = packBatch(batch, dictionaries, known, countedAt);
    this.#known.set(kinds, known);
    return packed;
  }

  #added(write: ShelfWrite, dictionaries: ReadonlyMap<string, Dictionary>): void {
    for (const { device, size, lines } of write.learnings) dictionaries.get(device)!.learn(size + 1, lines);
    for (const { device, hour, bytes } of write.parts) this.#openSizes.grow(device, hour, bytes.length);
    if (this.#compacting) return;
    const due = this.#openSizes.due(hourOf(write.now));
    if (due === 'none') return;
    // What can't be compacted now stays open, is found by every query, and is tried again.
    const compacting = due === 'hour-over' ? this.compact() : this.#compactGrown(due);
    this.#compacting = compacting.catch(() => {}).finally(() => (this.#compacting = undefined));
  }

  async #compactGrown(hours: readonly { device: string; hour: number }[]): Promise<void> {
    for (const { device, hour } of hours) await this.#compactHour(device, hour);
  }

  async #compactHour(device: string, hour: number): Promise<void> {
    this.#openSizes.compacted(device, hour, await compact(this.#deps, device, hour));
  }
}
