import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompiledList } from '../../../lists/compile-list.ts';
import type { Inspection } from '../../../lists/parse/inspect.ts';
import type { WallMs } from '../../policy/model.ts';
import type { ListDocument, ListVersionDocument } from '../settings/documents.ts';
import { writeDurably } from './durable-file.ts';
import { gate, noList } from './gate.ts';
import { keptName, sha256, writeKept } from './kept-text.ts';
import type { ListChild } from './list-child.ts';
import type { Fetched, Validators } from './list-fetcher.ts';
import {
  freshState,
  type KeptVersion,
  keptVersion,
  type ListState,
  readState,
  stateFor,
  writeState,
} from './list-state.ts';
import { nextCheck } from './schedule.ts';
import { keepNewest, removeStrays } from './version-shelf.ts';

export interface SubscriptionDeps {
  /** Where its versions and its state are kept. */
  readonly folder: string;
  /** What the household's resolvers agreed on, where there are several. */
  readonly agreed: () => ListVersionDocument | undefined;
  readonly fetch: (address: string, validators: Validators) => Promise<Fetched>;
  readonly child: ListChild;
  /** Aborted when Quell stops: what fails from then on says nothing of the list. */
  readonly stopping: AbortSignal;
  readonly neverBlock: readonly string[];
  readonly functional: readonly string[];
  readonly now: () => WallMs;
  readonly random: () => number;
}

/**
 * One list and its versions. A new version is a candidate until a rule-set with it is live; only then is the state
 * written, so that an update which is cut off at any point is simply made again.
 */
export class Subscription {
  document: ListDocument;
  state: ListState;
  /** What the last compile made of it. */
  compiled: CompiledList | undefined;
  private inUse: string | undefined;
  /** Why it is not in the rule-set although it is enabled. */
  leftOut: string | undefined;
  private candidate: ListState | undefined;
  private checking: Promise<void> | undefined;
  private keeping: Promise<unknown> | undefined;
  private readonly deps: SubscriptionDeps;

  constructor(document: ListDocument, deps: SubscriptionDeps) {
    this.document = document;
    this.deps = deps;
    this.state = readState(deps.folder, document.url);
  }

  get local(): boolean {
    return this.document.url.startsWith('file:');
  }

  get updating(): boolean {
    return this.checking !== undefined;
  }

  get hasCandidate(): boolean {
    return this.candidate !== undefined;
  }

  /** The version that the next rule-set is to hold. */
  get wanted(): KeptVersion | undefined {
    const state = this.candidate ?? this.state;
    const find = (version: string | undefined) => state.versions.find((kept) => kept.version === version);
    return find(this.document.pinned) ?? find(state.live);
  }

  /** The version that questions are decided by; for a moment not yet the wanted one. */
  get used(): KeptVersion | undefined {
    const { versions } = this.candidate ?? this.state;
    return versions.find((kept) => kept.version === this.inUse);
  }

  isInUse(version: string, compiled?: CompiledList): void {
    this.inUse = version;
    this.compiled = compiled;
  }

  isOutOfUse(): void {
    this.inUse = undefined;
    this.compiled = undefined;
  }

  /** The newest version that waits for the owner; none that is older than what is live. */
  get held(): KeptVersion | undefined {
    const { versions, live } = this.state;
    const age = versions.findIndex((version) => version.version === live);
    return versions.slice(0, age < 0 ? versions.length : age).find((version) => version.held !== undefined);
  }

  /** What this resolver would have all resolvers of the household use. */
  get proposal(): ListVersionDocument | undefined {
    const { live, rejected, changedAt } = this.candidate ?? this.state;
    if (live === undefined || changedAt === undefined || !this.keeps(live)) return undefined;
    return { id: this.document.id, url: this.document.url, version: live, rejected, since: changedAt };
  }

  isBehind({ version, since }: ListVersionDocument): boolean {
    const { live, changedAt = 0 } = this.candidate ?? this.state;
    return version !== live && since > changedAt;
  }

  /** Whether the text of a version is here. */
  keeps(version: string): boolean {
    return [...(this.candidate?.versions ?? []), ...this.state.versions].some((kept) => kept.version === version);
  }

  pathOf(version: string): string {
    return join(this.deps.folder, keptName(version));
  }

  /** Takes over what the owner changed. Another address is another list, though what is live stays until it is there. */
  take(document: ListDocument): void {
    this.state = stateFor(document.url, this.state);
    if (document.everyHours !== this.document.everyHours) {
      const pace = { ...this.state, everyHours: document.everyHours, checkedAt: this.state.checkedAt ?? 0 };
      this.state = { ...this.state, nextAt: nextCheck({ ...pace, random: this.deps.random() }) };
    }
    this.document = document;
    this.leftOut = undefined;
  }

  /** Looks for a new version; calls that come together share one look. Never rejects: what went wrong is in the state. */
  check(): Promise<void> {
    this.checking ??= this.look().finally(() => {
      this.checking = undefined;
    });
    return this.checking;
  }

  /** Prepares a kept version to go live at the owner's wish, whatever the gate said of it. */
  choose(version: string): void {
    const { state } = this;
    if (!state.versions.some((kept) => kept.version === version)) return;
    const rejected = [...state.rejected, ...(state.live && state.live !== version ? [state.live] : [])];
    this.candidate = {
      ...state,
      live: version,
      changedAt: this.fromNowOn(),
      versions: state.versions.map((kept) => (kept.version === version ? { ...kept, held: undefined } : kept)),
      rejected: [...new Set(rejected)].filter((other) => other !== version),
    };
  }

  /**
   * Prepares a version that another resolver of the household let in, so that the gate is not asked.
   * @param packed its text, where it is not kept here
   * @returns whether it is a candidate now
   * @throws when the text is damaged
   */
  async follow({ version, rejected, since }: ListVersionDocument, packed?: Uint8Array): Promise<boolean> {
    if (packed !== undefined) await this.keep(version, packed);
    const { versions } = this.candidate ?? this.state;
    if (!this.keeps(version)) return false;
    const released = versions.map((kept) => (kept.version === version ? { ...kept, held: undefined } : kept));
    this.candidate = { ...this.state, versions: released, live: version, rejected, changedAt: since };
    return true;
  }

  /** Keeps the text of a version that another resolver of the household had. @throws when it is damaged */
  async keep(version: string, packed: Uint8Array): Promise<boolean> {
    // Neither tidies away what the other has not noted yet.
    await this.checking;
    if (this.keeps(version)) return false;
    const keeping = this.keepPacked(version, packed).finally(() => {
      if (this.keeping === keeping) this.keeping = undefined;
    });
    this.keeping = keeping;
    await keeping;
    return true;
  }

  private async keepPacked(version: string, packed: Uint8Array): Promise<void> {
    await writeDurably(this.pathOf(version), packed);
    const inspection = await this.inspect(version);
    const kept = keptVersion({ version, bytes: inspection.bytes, inspection, held: [], fetchedAt: this.deps.now() });
    const { live, versions } = this.state;
    await this.record({ ...this.state, versions: keepNewest([kept, ...versions], [live, this.document.pinned]) });
  }

  /** The rule-set with the candidate is live. */
  async settle(): Promise<void> {
    const { candidate } = this;
    if (candidate === undefined) return;
    this.candidate = undefined;
    await this.record(candidate);
  }

  /** The candidate can't go live: it waits for the owner, and what was live stays. */
  async refuse(reason: string): Promise<void> {
    const { candidate } = this;
    if (candidate === undefined) {
      this.leftOut = reason;
      return;
    }
    this.candidate = undefined;
    const versions = candidate.versions.map((kept) =>
      kept.version === candidate.live ? { ...kept, held: [reason] } : kept,
    );
    await this.record({ ...candidate, versions, live: this.state.live, changedAt: this.state.changedAt });
  }

  /** No rule-set could be made, for a reason that may pass: the candidate is fetched again later. */
  async abandon(reason: string): Promise<void> {
    this.candidate = undefined;
    await this.fail(reason);
  }

  /** The text of the wanted version is not what it should be: the one before it is used until it is fetched again. */
  async dropDamaged(version: string): Promise<void> {
    this.candidate = undefined;
    const versions = this.state.versions.filter((kept) => kept.version !== version);
    const live = versions.find(
      (kept) => kept.held === undefined && !this.state.rejected.includes(kept.version),
    )?.version;
    const lastError = 'The kept copy was damaged and is fetched again.';
    const next = { ...freshState(this.document.url), versions, live, rejected: this.state.rejected, lastError };
    await this.record(next);
  }

  /** Removes what an update left that was cut off. */
  async tidy(): Promise<void> {
    await removeStrays(this.deps.folder, [...this.state.versions, ...(this.candidate?.versions ?? [])]);
  }

  private async look(): Promise<void> {
    await this.keeping?.catch(() => {});
    const { deps, state, document } = this;
    try {
      // Without the text they belong to, a "not modified" would leave us with nothing.
      const hasText = state.versions.length > 0;
      const fetched = await deps.fetch(document.url, hasText ? state : {});
      // The owner gave another address meanwhile: what this one sent is of no more interest.
      if (document.url !== this.document.url) return;
      if (fetched.same) await this.record({ ...this.state, ...this.checked() });
      else await this.consider(fetched.bytes, fetched);
    } catch (error) {
      await this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  private async consider(bytes: Uint8Array, { etag, lastModified }: Validators): Promise<void> {
    const version = sha256(bytes);
    const known = this.state.versions.find((kept) => kept.version === version);
    const kept = known ?? (await this.shelve(version, bytes));
    // What the owner did meanwhile stands.
    const { live, rejected, versions } = this.state;
    const next = {
      ...this.state,
      versions: known ? versions : keepNewest([kept, ...versions], [live, this.document.pinned]),
      ...this.checked(kept.expiresHours),
      expiresHours: kept.expiresHours,
      fetched: version,
      etag,
      lastModified,
    };
    // What it gave before is no news: another resolver's is newer.
    const isOld = version === this.state.fetched && this.deps.agreed() !== undefined;
    const stays = version === live || kept.held !== undefined || rejected.includes(version) || isOld;
    if (stays) await this.record(next);
    else this.candidate = { ...next, live: version, changedAt: this.fromNowOn() };
  }

  /** Keeps a text that may become a version. @throws when it is no list */
  private async shelve(version: string, bytes: Uint8Array): Promise<KeptVersion> {
    await writeKept(this.pathOf(version), bytes);
    const inspection = await this.inspect(version);
    const unusable = noList(inspection);
    if (unusable !== undefined) {
      await rm(this.pathOf(version), { force: true });
      throw new Error(unusable);
    }
    const live = this.state.versions.find((kept) => kept.version === this.state.live);
    const { neverBlock } = this.deps;
    const reasons = [...gate({ next: inspection, live, neverBlock, local: this.local }), ...this.pinReason(version)];
    return keptVersion({ version, bytes: bytes.length, inspection, held: reasons, fetchedAt: this.deps.now() });
  }

  private async inspect(version: string): Promise<Inspection> {
    const inspection = await this.deps.child.run('inspect', {
      path: this.pathOf(version),
      names: [...this.deps.neverBlock, ...this.deps.functional],
    });
    if (this.document.kind === 'block') return inspection;
    const { block, allow } = inspection.entries;
    return { ...inspection, entries: { block: 0, allow: block + allow }, blocks: [] };
  }

  private pinReason(version: string): string[] {
    const { pinned } = this.document;
    return pinned === undefined || pinned === version ? [] : ['The list is pinned to another version.'];
  }

  /** Later than what was agreed on, whatever the clocks of the household's resolvers say. */
  private fromNowOn(): WallMs {
    return Math.max(this.deps.now(), (this.deps.agreed()?.since ?? -1) + 1);
  }

  private checked(expiresHours = this.state.expiresHours): Partial<ListState> {
    const nextAt = this.next({ failures: 0, expiresHours });
    return { checkedAt: this.deps.now(), nextAt, failures: 0, lastError: undefined };
  }

  private async fail(lastError: string): Promise<void> {
    if (this.deps.stopping.aborted) return;
    const failures = this.state.failures + 1;
    const next = {
      ...this.state,
      failures,
      lastError,
      checkedAt: this.deps.now(),
      nextAt: this.next({ failures, expiresHours: this.state.expiresHours }),
    };
    await this.record(next);
  }

  private next(pace: { readonly failures: number; readonly expiresHours?: number }): WallMs {
    const { everyHours } = this.document;
    return nextCheck({ ...pace, everyHours, checkedAt: this.deps.now(), random: this.deps.random() });
  }

  /** A disk that is full must not stop what works: then the state is only in memory. */
  private async record(state: ListState): Promise<void> {
    this.state = state;
    try {
      await writeState(this.deps.folder, state);
      await this.tidy();
    } catch (error) {
      const lastError = `What is known of this list could not be written to the disk (${(error as Error).message}).`;
      this.state = { ...state, lastError };
    }
  }
}
