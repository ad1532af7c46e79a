import type { CompiledList } from '../../../lists/compile-list.ts';
import type { WallMs } from '../../policy/model.ts';
import type { ListDocument, ListVersionDocument } from '../settings/documents.ts';
import { ListFolder } from './list-folder.ts';
import { type KeptVersion, type ListState, stateFor } from './list-state.ts';
import { chosen, DAMAGED, failed, type Moment, paced, refused, released, withoutDamaged } from './state-changes.ts';
import { VersionSearch, type VersionSearchDeps } from './version-search.ts';

export interface SubscriptionDeps extends VersionSearchDeps {
  /** Where its versions and its state are kept. */
  readonly folder: string;
}

/**
 * One list and its versions. A new version is a candidate until a rule-set with it is live; only then is the state
 * written, so that an update which is cut off at any point is simply made again.
 */
export class Subscription {
  document: ListDocument;
  state: ListState;
  readonly folder: ListFolder;
  readonly search: VersionSearch;
  /** What the last compile made of it. */
  compiled: CompiledList | undefined;
  private inUse: string | undefined;
  /** Why it is not in the rule-set although it is enabled. */
  leftOut: string | undefined;
  private candidate: ListState | undefined;
  private readonly deps: SubscriptionDeps;

  constructor(document: ListDocument, deps: SubscriptionDeps) {
    this.document = document;
    this.deps = deps;
    this.folder = new ListFolder(deps.folder);
    this.state = this.folder.read(document.url);
    this.search = new VersionSearch(this, deps);
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
    return this.folder.pathOf(version);
  }

  /** Takes over what the owner changed. Another address is another list, though what is live stays until it is there. */
  take(document: ListDocument): void {
    const isPaced = document.everyHours !== this.document.everyHours;
    this.document = document;
    this.leftOut = undefined;
    this.state = stateFor(document.url, this.state);
    if (isPaced) this.state = paced(this.state, this.moment);
  }

  /** Prepares a version to go live with the next rule-set. @param next what the state becomes then */
  prepare(next: ListState, changedAt = this.fromNowOn()): void {
    this.candidate = { ...next, changedAt };
  }

  /** Prepares a kept version to go live at the owner's wish, whatever the gate said of it. */
  choose(version: string): void {
    if (this.state.versions.some((kept) => kept.version === version)) this.prepare(chosen(this.state, version));
  }

  /**
   * Prepares a version that another resolver of the household let in, so that the gate is not asked.
   * @returns whether it is a candidate now: its text may not be here
   */
  follow({ version, rejected, since }: ListVersionDocument): boolean {
    if (!this.keeps(version)) return false;
    const { versions } = this.candidate ?? this.state;
    this.prepare({ ...this.state, versions: released(versions, version), live: version, rejected }, since);
    return true;
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
    await this.record(refused(this.state, candidate, reason));
  }

  /** No rule-set could be made, for a reason that may pass: the candidate is fetched again later. */
  async abandon(reason: string): Promise<void> {
    this.candidate = undefined;
    await this.fail(reason);
  }

  /** The text of the wanted version is not what it should be. */
  async dropDamaged(version: string): Promise<void> {
    const isFresh = this.candidate?.live === version;
    this.candidate = undefined;
    const next = withoutDamaged(this.state, version);
    // What is damaged as soon as it is written may be so again: a disk that fails must not cost its publisher anything.
    await this.record(isFresh ? failed(next, this.moment, DAMAGED) : next);
  }

  /** Nothing came of looking for a new version. @param lastError a sentence */
  async fail(lastError: string): Promise<void> {
    if (!this.deps.stopping.aborted) await this.record(failed(this.state, this.moment, lastError));
  }

  get moment(): Moment {
    const { now, random } = this.deps;
    return { now: now(), random: random(), everyHours: this.document.everyHours };
  }

  /** A disk that is full must not stop what works: then the state is only in memory. Never rejects. */
  async record(state: ListState): Promise<void> {
    this.state = state;
    try {
      await this.folder.write(() => this.state);
    } catch (error) {
      const lastError = `What is known of this list could not be written to the disk (${(error as Error).message}).`;
      this.state = { ...this.state, lastError };
    }
    await this.tidy();
  }

  /** Removes what no state speaks of, such as what an update left that was cut off. Never rejects. */
  tidy(): Promise<void> {
    return this.folder.tidy(() =>
      this.search.isAtWork ? undefined : [...this.state.versions, ...(this.candidate?.versions ?? [])],
    );
  }

  /** Later than what was agreed on, whatever the clocks of the household's resolvers say. */
  private fromNowOn(): WallMs {
    return Math.max(this.deps.now(), (this.deps.agreed()?.since ?? -1) + 1);
  }
}
