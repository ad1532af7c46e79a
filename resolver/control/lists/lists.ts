import { join } from 'node:path';
import type { PackNames } from '../../../lists/compile-pack.ts';
import { readSnapshot } from '../../../lists/compile-snapshot.ts';
import { ruleSetFolder } from '../../between/last-state.ts';
import type { WallMs } from '../../policy/model.ts';
import type { ListDocument } from '../settings/documents.ts';
import { Agreement, type SharedVersions } from './agreement.ts';
import type { BootstrapServer } from './bootstrap-lookup.ts';
import { CheckTimer } from './check-timer.ts';
import { ListChild } from './list-child.ts';
import { type FetchLimits, fetchLimits } from './list-fetcher.ts';
import { ListSource } from './list-source.ts';
import type { KeptVersion } from './list-state.ts';
import { type ListStatus, statusOf } from './list-status.ts';
import { ListTexts } from './list-texts.ts';
import { NoSuchList } from './no-such-list.ts';
import { RuleSetCompiler } from './rule-set-compiler.ts';
import type { Subscription, SubscriptionDeps } from './subscription.ts';
import { Subscriptions } from './subscriptions.ts';

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
  /** The packs that ship with Quell. */
  readonly packs: readonly PackNames[];
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

/** Subscriptions: fetches lists, lets good versions into the rule-set and keeps the last good one whatever happens. */
export class Lists {
  /** What the texts of its lists say. */
  readonly texts: ListTexts;
  private readonly deps: ListsDeps;
  private readonly child: ListChild;
  private readonly source: ListSource;
  private readonly compiler: RuleSetCompiler;
  private readonly agreement: Agreement | undefined;
  private readonly subscriptions: Subscriptions;
  private readonly stopping = new AbortController();
  private readonly timer: CheckTimer;
  private unwatch: (() => void) | undefined;

  constructor(deps: ListsDeps) {
    const { dataDir, childEntry: entry, memory, neverBlock, functional, limits = fetchLimits } = deps;
    const tasks = join(dataDir, 'list-tasks');
    const stopping = this.stopping.signal;
    this.deps = deps;
    this.child = new ListChild({ entry, folder: tasks, heapMb: memory.childHeapMb });
    this.source = new ListSource({ ...deps, limits, stopping });
    this.subscriptions = new Subscriptions({
      folder: join(dataDir, 'subscriptions'),
      documents: () => deps.documents.lists(),
      depsOf: ({ id }) => this.subscriptionDeps(id),
    });
    const { child, source, subscriptions } = this;
    this.texts = new ListTexts({ child, source, subscriptions, folder: tasks, neverBlock, functional });
    this.compiler = new RuleSetCompiler({
      child,
      packs: deps.packs,
      folder: ruleSetFolder(dataDir),
      ruleSetBytes: memory.ruleSet,
      onRuleSet: deps.onRuleSet,
      stopping,
      subscriptions: () => subscriptions.all,
    });
    this.timer = new CheckTimer({
      subscriptions: () => subscriptions.all,
      now: deps.now,
      check: (due) => void this.update(due),
    });
    this.agreement =
      deps.shared &&
      new Agreement({
        shared: deps.shared,
        subscriptions: () => subscriptions.all,
        compile: () => this.compile(),
        check: (some) => this.update(some),
      });
  }

  /** Serves the kept rule-set at once; lists that are due follow in the background. */
  async start(): Promise<void> {
    await this.child.start();
    const kept = readSnapshot(ruleSetFolder(this.deps.dataDir));
    if (kept) {
      this.compiler.isLive(kept);
      void this.deps.onRuleSet(kept.buffer as SharedArrayBuffer);
    }
    this.subscriptions.adopt();
    for (const { id, version } of kept?.meta.sources ?? []) this.subscriptions.get(id)?.isInUse(version);
    this.unwatch = this.deps.documents.watch(() => this.documentsChanged());
    await this.subscriptions.tidy(this.deps.now());
    // Packs may be newer than the kept set, and an update may have been cut off.
    void this.compile();
    this.agreement?.start();
    this.timer.set();
  }

  async stop(): Promise<void> {
    this.unwatch?.();
    this.timer.stop();
    this.stopping.abort();
    await this.child.stop();
    await this.agreement?.stop();
    await this.compiler.idle();
  }

  statuses(): ListStatus[] {
    return this.subscriptions.all.map(statusOf);
  }

  /** Why the last rule-set could not be made, in a sentence. */
  get fault(): string | undefined {
    return this.compiler.fault;
  }

  /** Looks for a new version now; what came of it is in the status. */
  async refresh(id: string): Promise<ListStatus> {
    const subscription = this.subscriptions.find(id);
    await this.update([subscription]);
    return statusOf(subscription);
  }

  versions(id: string): readonly KeptVersion[] {
    return this.subscriptions.find(id).state.versions;
  }

  /** Goes back to a kept version, or to the one before. The version left does not come back by itself. */
  async rollback(id: string, version?: string): Promise<ListStatus> {
    const { state } = this.subscriptions.find(id);
    const live = state.versions.findIndex((kept) => kept.version === state.live);
    const older = state.versions.slice(live + 1).find((kept) => kept.held === undefined)?.version;
    return this.use(id, version ?? older, 'There is no older version to go back to.');
  }

  /** Lets the version that waits go live, whatever the gate said. */
  async applyHeldBack(id: string): Promise<ListStatus> {
    return this.use(id, this.subscriptions.find(id).held?.version, 'No version of this list waits to be applied.');
  }

  private async use(id: string, version: string | undefined, otherwise: string): Promise<ListStatus> {
    const subscription = this.subscriptions.find(id);
    if (!subscription.state.versions.some((kept) => kept.version === version)) throw new NoSuchList(otherwise);
    subscription.choose(version!);
    await this.agreement?.tell([subscription]);
    await this.compile();
    return statusOf(subscription);
  }

  private async update(subscriptions: readonly Subscription[]): Promise<void> {
    await Promise.all(subscriptions.map((subscription) => subscription.search.check()));
    const candidates = subscriptions.filter(({ hasCandidate }) => hasCandidate);
    if (candidates.length > 0) {
      await this.agreement?.tell(candidates);
      await this.compile();
    }
    this.timer.set();
  }

  private documentsChanged(): void {
    this.subscriptions.adopt();
    void this.compile();
    this.timer.set();
  }

  private async compile(): Promise<void> {
    await this.compiler.compile();
    this.timer.set();
  }

  private subscriptionDeps(id: string): Omit<SubscriptionDeps, 'folder'> {
    const { neverBlock, functional, now, random = Math.random, shared } = this.deps;
    return {
      ...{ neverBlock, functional, now, random, child: this.child },
      agreed: () => shared?.of(id),
      fetch: (address, validators, spool) => this.source.fetch(address, validators, spool),
      limit: this.source.limit,
      stopping: this.stopping.signal,
    };
  }
}
