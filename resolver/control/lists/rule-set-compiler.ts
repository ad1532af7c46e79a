import type { PackNames } from '../../../lists/compile-pack.ts';
import { isSnapshotOf, readSnapshot } from '../../../lists/compile-snapshot.ts';
import { namesWithin } from '../../../lists/rule-set/builder.ts';
import type { RuleSet } from '../../../lists/rule-set/rule-set.ts';
import type { CompileOutcome } from './child-tasks.ts';
import type { ListChild } from './list-child.ts';
import type { Subscription } from './subscription.ts';

/** Each costs a few microseconds of every question that no name decides, and of each swap. */
const PATTERNS_PER_LIST = 100;

/** Milliseconds; answering that does not say that it decides by a new rule-set must not keep lists from being updated. */
const PATIENCE = 10_000;

export interface RuleSetCompilerDeps {
  readonly child: ListChild;
  readonly packs: readonly PackNames[];
  /** Where the rule-set is kept. */
  readonly folder: string;
  /** Bytes that it may have. */
  readonly ruleSetBytes: number;
  /** Resolves when questions are decided by it. */
  readonly onRuleSet: (ruleSet: SharedArrayBuffer) => void | Promise<void>;
  /** Aborted when Quell stops. */
  readonly stopping: AbortSignal;
  readonly subscriptions: () => readonly Subscription[];
}

type Compiled = Extract<CompileOutcome, { readonly names: number }>;

/** Makes the rule-set anew of what is wanted, and hands it on only when it is whole and on the disk. */
export class RuleSetCompiler {
  /** Why the last one could not be made. */
  fault: string | undefined;
  private readonly deps: RuleSetCompilerDeps;
  /** The rule-set in use. */
  private live: RuleSet | undefined;
  /** What it was made of. */
  private last: { readonly made: string; readonly outcome: Compiled } | undefined;
  private running: Promise<void> = Promise.resolve();
  private waiting: Promise<void> | undefined;

  constructor(deps: RuleSetCompilerDeps) {
    this.deps = deps;
  }

  /** Answering has this one from the start. */
  isLive(ruleSet: RuleSet): void {
    this.live = ruleSet;
  }

  /** Resolves when a rule-set of what is wanted now is live, or was refused. Calls that come together share one. */
  compile(): Promise<void> {
    this.waiting ??= this.running.then(() => {
      this.waiting = undefined;
      this.running = this.attempt();
      return this.running;
    });
    return this.waiting;
  }

  async idle(): Promise<void> {
    await this.waiting;
    await this.running;
  }

  private async attempt(): Promise<void> {
    try {
      while (!(await this.once()));
      this.fault = undefined;
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      this.fault = fault;
      await Promise.all(this.candidates().map((subscription) => subscription.abandon(fault)));
    }
  }

  /** @returns whether a rule-set is live; where not, what stood in its way is out of it now */
  private async once(): Promise<boolean> {
    const included = this.deps.subscriptions().filter(({ document, wanted, leftOut }) => {
      return document.enabled && wanted !== undefined && leftOut === undefined;
    });
    // Candidates come last, so that where memory ends, a new version is refused and not an old one.
    included.sort((a, b) => Number(a.hasCandidate) - Number(b.hasCandidate));
    const versions = included.map(({ wanted }) => wanted!.version);
    const made = JSON.stringify(included.map(({ document: { id, kind } }, at) => [id, kind, versions[at]]));
    const outcome = made === this.last?.made ? this.last.outcome : await this.run(included, versions);
    if ('names' in outcome) {
      // A list's name, scope or pace is nothing to the rule-set.
      if (made !== this.last?.made) await this.handOn();
      this.last = { made, outcome };
      for (const subscription of this.deps.subscriptions()) {
        if (!included.includes(subscription)) subscription.isOutOfUse();
      }
      await Promise.all(included.map((subscription, at) => settle(subscription, outcome, versions[at])));
      return true;
    }
    const at = included.findIndex(({ document }) => document.id === outcome.list);
    if ('damaged' in outcome) await included[at].dropDamaged(versions[at]);
    else await included[at].refuse(outcome.refused);
    return false;
  }

  private run(included: readonly Subscription[], versions: readonly string[]): Promise<CompileOutcome> {
    const { child, packs, folder, ruleSetBytes } = this.deps;
    return child.run('compile', {
      packs,
      folder,
      limits: { names: namesWithin(ruleSetBytes), patterns: PATTERNS_PER_LIST },
      lists: included.map((subscription, at) => ({
        id: subscription.document.id,
        kind: subscription.document.kind,
        version: versions[at],
        path: subscription.pathOf(versions[at]),
      })),
    });
  }

  private async handOn(): Promise<void> {
    // At a start it is made again, mostly of what the kept one was made of: answering need not change to its like.
    if (this.live && isSnapshotOf(this.deps.folder, this.live)) return;
    const kept = readSnapshot(this.deps.folder);
    if (kept === undefined)
      throw new Error('The new rule-set could not be read back; the disk may be full or failing.');
    this.live = kept;
    const { onRuleSet, stopping } = this.deps;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, PATIENCE);
    stopping.addEventListener('abort', () => late.resolve(), { once: true });
    await Promise.race([onRuleSet(kept.buffer as SharedArrayBuffer), late.promise]);
    clearTimeout(timer);
  }

  private candidates(): Subscription[] {
    return this.deps.subscriptions().filter(({ hasCandidate }) => hasCandidate);
  }
}

async function settle(subscription: Subscription, { lists }: Compiled, version: string): Promise<void> {
  subscription.isInUse(
    version,
    lists.find(({ id }) => id === subscription.document.id),
  );
  // While this one was made, a newer candidate may have come; it has a compile of its own before it.
  if (subscription.wanted?.version === version) await subscription.settle();
}
