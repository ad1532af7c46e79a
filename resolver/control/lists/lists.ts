import { join } from 'node:path';
import { readSnapshot } from '../../../lists/compile-snapshot.ts';
import type { ChangedName } from '../../../lists/parse/changed-names.ts';
import type { ListDiff } from '../../../lists/parse/diff.ts';
import type { FoundLine } from '../../../lists/parse/find-line.ts';
import { ruleSetFolder } from '../../between/last-state.ts';
import type { WallMs } from '../../policy/model.ts';
import type { ListDocument } from '../settings/documents.ts';
import { Agreement, type SharedVersions } from './agreement.ts';
import type { BootstrapServer } from './bootstrap-lookup.ts';
import { readKept } from './kept-text.ts';
import { ListChild } from './list-child.ts';
import { type FetchLimits, fetchLimits, ListFetcher } from './list-fetcher.ts';
import { asAllowList, type ListPreview, previewList } from './list-preview.ts';
import type { KeptVersion } from './list-state.ts';
import { type ListStatus, statusOf } from './list-status.ts';
import { readLocalList } from './local-list.ts';
import { RuleSetCompiler } from './rule-set-compiler.ts';
import { Subscription, type SubscriptionDeps } from './subscription.ts';
import { removeForgotten } from './version-shelf.ts';

/** The household's lists, as the settings keep them. */
export interface ListDocuments {
  /** All of them; asked only once they are loaded. */
  lists(): readonly ListDocument[];
  /** Calls back after each change of a list. @returns what ends that */
  watch(changed: () => void): () => void;
}

export interface ListsDeps {
  /** Versions are kept in `subscriptions`, the rule-set in `rule-set`, the household's own files in `lists`. */
  readonly dataDir: string;
  readonly documents: ListDocuments;
  /** Where several resolvers of the household share a store. */
  readonly shared?: SharedVersions;
  /** Paths of the packs that ship with Quell. */
  readonly packFiles: readonly string[];
  /** Names without which a phone thinks it is offline: a version that newly blocks one is held back. */
  readonly neverBlock: readonly string[];
  /** Names that policy protects from lists all the same: the status tells which of them a list wanted. */
  readonly functional: readonly string[];
  /** Gets each new rule-set; also the kept one, before anything else happens. Resolves when it decides questions. */
  readonly onRuleSet: (ruleSet: SharedArrayBuffer) => void | Promise<void>;
  readonly now: () => WallMs;
  readonly random?: () => number;
  /** Plain DNS resolvers that are asked for list servers. */
  readonly bootstrap: readonly BootstrapServer[];
  readonly allowPrivate: boolean;
  /** `compile-child.ts`, or what the build makes of it. */
  readonly childEntry: string;
  readonly memory: {
    /** Bytes of the finished rule-set. */
    readonly ruleSet: number;
    /** Megabytes of heap of the child that makes it. */
    readonly childHeapMb: number;
  };
  readonly limits?: FetchLimits;
}

/** There is no such list or version, or nothing to do with it; the message is a sentence. */
export class NoSuchList extends Error {
  override name = 'NoSuchList';
}

const LONGEST_TIMER = 60 * 60_000;
const DIFF_NAMES = 200;

/** Subscriptions: fetches lists, lets good versions into the rule-set and keeps the last good one whatever happens. */
export class Lists {
  private readonly deps: ListsDeps;
  private readonly child: ListChild;
  private readonly fetcher: ListFetcher;
  private readonly compiler: RuleSetCompiler;
  private readonly agreement: Agreement | undefined;
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private unwatch: (() => void) | undefined;

  constructor(deps: ListsDeps) {
    const { childEntry: entry, memory, bootstrap, allowPrivate, limits = fetchLimits } = deps;
    this.deps = deps;
    this.child = new ListChild({ entry, folder: join(deps.dataDir, 'list-tasks'), heapMb: memory.childHeapMb });
    this.fetcher = new ListFetcher({ bootstrap, allowPrivate, limits });
    this.compiler = new RuleSetCompiler({
      child: this.child,
      packFiles: deps.packFiles,
      folder: ruleSetFolder(deps.dataDir),
      ruleSetBytes: memory.ruleSet,
      onRuleSet: deps.onRuleSet,
      stopping: this.stopping.signal,
      subscriptions: () => [...this.subscriptions.values()],
    });
    this.agreement =
      deps.shared &&
      new Agreement({
        shared: deps.shared,
        subscriptions: () => [...this.subscriptions.values()],
        compile: () => this.compiler.compile(),
        check: (subscriptions) => this.update(subscriptions),
      });
  }

  /** Serves the kept rule-set at once; lists that are due follow in the background. */
  async start(): Promise<void> {
    await this.child.start();
    const kept = readSnapshot(ruleSetFolder(this.deps.dataDir));
    if (kept) void this.deps.onRuleSet(kept.buffer as SharedArrayBuffer);
    this.adopt();
    for (const { id, version } of kept?.meta.sources ?? []) this.subscriptions.get(id)?.isInUse(version);
    this.unwatch = this.deps.documents.watch(() => this.documentsChanged());
    await Promise.all([...this.subscriptions.values()].map((subscription) => subscription.tidy()));
    await removeForgotten(
      join(this.deps.dataDir, 'subscriptions'),
      [...this.subscriptions.keys()].map(folderName),
      this.deps.now(),
    );
    // Packs may be newer than the kept set, and an update may have been cut off.
    void this.compiler.compile();
    this.agreement?.start();
    this.wake();
  }

  async stop(): Promise<void> {
    this.unwatch?.();
    clearTimeout(this.timer);
    this.stopping.abort();
    await this.child.stop();
    await this.agreement?.stop();
    await this.compiler.idle();
  }

  statuses(): ListStatus[] {
    return [...this.subscriptions.values()].map(statusOf);
  }

  /** Why the last rule-set could not be made, in a sentence. */
  get fault(): string | undefined {
    return this.compiler.fault;
  }

  /** Looks for a new version now; what came of it is in the status. */
  async refresh(id: string): Promise<ListStatus> {
    const subscription = this.find(id);
    await this.update([subscription]);
    return statusOf(subscription);
  }

  versions(id: string): readonly KeptVersion[] {
    return this.find(id).state.versions;
  }

  /** Goes back to a kept version, or to the one before. The version left does not come back by itself. */
  async rollback(id: string, version?: string): Promise<ListStatus> {
    const { state } = this.find(id);
    const live = state.versions.findIndex((kept) => kept.version === state.live);
    const older = state.versions.slice(live + 1).find((kept) => kept.held === undefined)?.version;
    return this.use(id, version ?? older, 'There is no older version to go back to.');
  }

  /** Lets the version that waits go live, whatever the gate said. */
  async applyHeldBack(id: string): Promise<ListStatus> {
    return this.use(id, this.find(id).held?.version, 'No version of this list waits to be applied.');
  }

  /** @param names of the record, to learn what the list would do to them */
  async preview(
    input: ({ readonly url: string } | { readonly text: string }) & { readonly kind: 'block' | 'allow' },
    names: readonly string[] = [],
  ): Promise<ListPreview> {
    const bytes = 'url' in input ? await this.fetchOnce(input.url) : new TextEncoder().encode(input.text);
    const { neverBlock, functional } = this.deps;
    return previewList({ bytes, kind: input.kind, names }, { neverBlock, functional, child: this.child });
  }

  /** What a version adds and removes compared with the one in use. */
  async diff(id: string, version: string): Promise<ListDiff> {
    const { before, after } = this.compared(id, version);
    if (before === undefined) throw new NoSuchList('No version of this list is in use yet.');
    return this.child.run('diff', { before, after, limit: DIFF_NAMES });
  }

  /** Which of the given names a version would treat otherwise than the one in use. */
  async wouldChange(id: string, version: string, names: readonly string[]): Promise<ChangedName[]> {
    const changes = await this.child.run('changed', { ...this.compared(id, version), names });
    return this.find(id).document.kind === 'allow' ? asAllowList(changes) : changes;
  }

  /** The line of the version in use that decides about a name. */
  async findLine(id: string, name: string): Promise<FoundLine | undefined> {
    const subscription = this.find(id);
    const { used } = subscription;
    if (used === undefined) return undefined;
    // The reader of adblock rules is large, and few processes ever explain anything.
    const { findLine } = await import('../../../lists/parse/find-line.ts');
    return findLine(readKept(subscription.pathOf(used.version)), name);
  }

  private compared(id: string, version: string): { before?: string; after: string } {
    const subscription = this.find(id);
    if (!subscription.state.versions.some((kept) => kept.version === version))
      throw new NoSuchList('This version of the list is not kept any more.');
    const live = (subscription.used ?? subscription.wanted)?.version;
    return { before: live && subscription.pathOf(live), after: subscription.pathOf(version) };
  }

  private async use(id: string, version: string | undefined, otherwise: string): Promise<ListStatus> {
    const subscription = this.find(id);
    if (!subscription.state.versions.some((kept) => kept.version === version)) throw new NoSuchList(otherwise);
    subscription.choose(version!);
    await this.agreement?.tell([subscription]);
    await this.compiler.compile();
    return statusOf(subscription);
  }

  private async update(subscriptions: readonly Subscription[]): Promise<void> {
    await Promise.all(subscriptions.map((subscription) => subscription.check()));
    const candidates = subscriptions.filter(({ hasCandidate }) => hasCandidate);
    if (candidates.length > 0) {
      await this.agreement?.tell(candidates);
      await this.compiler.compile();
    }
    this.wake();
  }

  private documentsChanged(): void {
    this.adopt();
    void this.compiler.compile();
    this.wake();
  }

  /** Makes the subscriptions those of the documents. Texts of a removed list stay, in case the removal is undone. */
  private adopt(): void {
    const documents = this.deps.documents.lists();
    for (const id of this.subscriptions.keys()) {
      if (!documents.some((document) => document.id === id)) this.subscriptions.delete(id);
    }
    for (const document of documents) {
      const known = this.subscriptions.get(document.id);
      if (known) known.take(document);
      else this.subscriptions.set(document.id, this.subscribe(document));
    }
  }

  private subscribe(document: ListDocument): Subscription {
    const { dataDir, neverBlock, functional, now, random = Math.random } = this.deps;
    const folder = join(dataDir, 'subscriptions', folderName(document.id));
    const fetch: SubscriptionDeps['fetch'] = async (address, validators) =>
      address.startsWith('file:')
        ? { same: false, bytes: await this.readLocal(address) }
        : this.fetcher.fetch(address, validators, this.stopping.signal);
    return new Subscription(document, {
      folder,
      agreed: () => this.deps.shared?.of(document.id),
      fetch,
      child: this.child,
      stopping: this.stopping.signal,
      neverBlock,
      functional,
      now,
      random,
    });
  }

  private async fetchOnce(address: string): Promise<Uint8Array> {
    if (address.startsWith('file:')) return this.readLocal(address);
    const fetched = await this.fetcher.fetch(address, {}, this.stopping.signal);
    if (fetched.same) throw new NoSuchList('The server sends nothing.');
    return fetched.bytes;
  }

  private readLocal(address: string): Promise<Uint8Array> {
    return readLocalList(join(this.deps.dataDir, 'lists'), address, (this.deps.limits ?? fetchLimits).bytes);
  }

  private find(id: string): Subscription {
    const subscription = this.subscriptions.get(id);
    if (subscription === undefined) throw new NoSuchList(`There is no list ${id}.`);
    return subscription;
  }

  /** Sets the one timer to the list that is due first. */
  private wake(): void {
    clearTimeout(this.timer);
    if (this.stopping.signal.aborted) return;
    const enabled = [...this.subscriptions.values()].filter(({ document, updating }) => document.enabled && !updating);
    const due = Math.min(...enabled.map(({ state }) => state.nextAt));
    if (due === Infinity) return;
    const wait = Math.min(Math.max(due - this.deps.now(), 0), LONGEST_TIMER);
    this.timer = setTimeout(() => {
      const now = this.deps.now();
      void this.update(enabled.filter(({ state, updating }) => state.nextAt <= now && !updating));
    }, wait);
  }
}

/** Ids come from documents, which an import may have filled with anything. */
const folderName = (id: string): string => encodeURIComponent(id).replaceAll('.', '%2E');
