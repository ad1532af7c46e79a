import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { PolicySnapshot } from '../../between/policy-snapshot.ts';
import type { WallMs } from '../../policy/model.ts';
import { Conflict, type Documents, StoreAway } from '../store/store.ts';
import { documentsAt } from './as-of.ts';
import { documentsOfHistory, HISTORY_KEPT } from './change-history.ts';
import type { ChangeDocument, DocumentKinds, SettingsDocument } from './documents.ts';
import type { Author, Changed, Edit, Kind } from './edit.ts';
import { HeldDocuments } from './held-documents.ts';
import { newTimedId } from './id.ts';
import { Mirror } from './mirror.ts';
import { PolicySnapshots } from './policy-snapshot.ts';

export interface HouseholdDeps {
  readonly documents: Documents;
  /** Where the last known documents are kept, to be read when the store is away at start. */
  readonly mirrorFile: string;
  readonly now: () => WallMs;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** What holds until the household chooses. */
  readonly defaults?: Partial<SettingsDocument>;
  /** Milliseconds between tries while the store is away. */
  readonly retryEvery?: number;
}

export type Listener = (changed: readonly Changed[]) => void | Promise<void>;

/** How long a change waits for listeners that answer later; the change itself stands by then. */
const LISTENER_PATIENCE = 1000;
const TRIES = 5;

/**
 * All that the household decided, in memory, over the store's documents. Changes run one after the
 * other; each is durable, visible in memory and told to the listeners before `change` resolves.
 */
export class Household {
  private readonly deps: HouseholdDeps;
  private readonly mirror: Mirror;
  private readonly held = new HeldDocuments();
  private readonly snapshots = new PolicySnapshots();
  private readonly listeners = new Set<Listener>();
  private readonly defaults: SettingsDocument;
  private away: StoreAway | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private unwatch: (() => void) | undefined;
  private retry: NodeJS.Timeout | undefined;

  constructor(deps: HouseholdDeps) {
    this.deps = deps;
    this.defaults = { ...defaultSettings, ...deps.defaults };
    this.mirror = new Mirror({ file: deps.mirrorFile, log: deps.log });
  }

  /** Resolves with what the store holds or, when it is away, with what the mirror holds, for reading only. */
  async start(): Promise<void> {
    this.unwatch = this.deps.documents.watch(() => void this.reload().catch(() => {}));
    try {
      await this.load();
    } catch (error) {
      if (!(error instanceof StoreAway)) throw error;
      const kept = await this.mirror.read();
      if (kept) this.held.take(kept.version, kept.documents);
      this.lose(error);
    }
  }

  async stop(): Promise<void> {
    this.unwatch?.();
    clearTimeout(this.retry);
    await this.queue.catch(() => {});
    await this.mirror.stop();
  }

  /** Why nothing can be changed now, as a sentence; undefined when changes are possible. */
  get readOnly(): string | undefined {
    return this.away?.message;
  }

  /** Number of the last change that is in memory. */
  get version(): number {
    return this.held.version;
  }

  all<K extends Kind>(kind: K): DocumentKinds[K][] {
    return this.held.all(kind);
  }

  get<K extends Kind>(kind: K, id: string): DocumentKinds[K] | undefined {
    return this.held.get(kind, id);
  }

  count(kind: Kind): number {
    return this.held.count(kind);
  }

  settings(): SettingsDocument {
    return this.get('settings', 'household') ?? this.defaults;
  }

  /** What answering needs to decide; what did not change is the same object from call to call. */
  policySnapshot(): PolicySnapshot {
    return this.snapshots.of(
      {
        version: this.version,
        settings: this.settings(),
        devices: this.all('device'),
        rules: this.all('rule'),
        lists: this.all('list'),
      },
      this.deps.now(),
    );
  }

  /** When the household decided last; a policy of that time or later is the present one. */
  get decidedAt(): WallMs {
    return this.get('change', this.held.ids('change').sort().at(-1) ?? '')?.at ?? 0;
  }

  /** What answering needed to decide at a time in the past. @throws NotRemembered */
  policySnapshotAt(at: WallMs): PolicySnapshot {
    const { settings, device, rule, list } = documentsAt(this, at);
    return new PolicySnapshots().of(
      { version: this.version, settings: settings[0] ?? this.defaults, devices: device, rules: rule, lists: list },
      at,
    );
  }

  onChange(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * A decision of a person or a token: kept in history, can be undone.
   * @returns undefined when everything was like that already
   * @throws Conflict when somebody else changed the same documents; StoreAway when nothing can be kept
   */
  async change(author: Author, edits: readonly Edit[]): Promise<ChangeDocument | undefined> {
    const at = this.deps.now();
    const id = newTimedId('c', at);
    let change: ChangeDocument | undefined;
    await this.write(edits, (changed) => {
      change = { id, at, ...author, documents: documentsOfHistory(changed) };
      const old = this.held
        .ids('change')
        .sort()
        .slice(0, -HISTORY_KEPT + 1);
      return [
        { kind: 'change', id, value: change },
        ...old.map((id) => ({ kind: 'change' as const, id, value: undefined })),
      ];
    });
    return change;
  }

  /** What Quell noticed by itself (a new device, an address, an ended pause) and secrets: no history. */
  async note(edits: readonly Edit[]): Promise<void> {
    await this.write(edits, () => []);
  }

  /** Reads the store again; listeners hear what others changed. */
  reload(): Promise<void> {
    return this.inTurn(() => this.load());
  }

  /** Tells listeners that time alone changed the policy. */
  async tell(changed: readonly Changed[] = []): Promise<void> {
    const slow: Promise<void>[] = [];
    for (const listener of this.listeners) {
      try {
        const later = listener(changed);
        if (later) slow.push(later);
      } catch (error) {
        this.deps.log.error({ error }, 'A listener to changes of the household failed');
      }
    }
    if (slow.length === 0) return;
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, LISTENER_PATIENCE);
    await Promise.race([Promise.allSettled(slow), patience.promise]);
    clearTimeout(timer);
  }

  private async write(edits: readonly Edit[], beside: (changed: readonly Changed[]) => readonly Edit[]): Promise<void> {
    const told = await this.inTurn(async () => {
      for (let left = TRIES; ; left--) {
        const changed = this.apply(edits);
        if (changed.length === 0) return;
        const all = [...changed, ...this.apply(beside(changed))];
        try {
          const version = await this.deps.documents.commit(all.map((one) => this.held.toCommit(one)));
          this.found();
          this.held.keep(version, all);
          this.saveMirror();
          return { done: this.tell(all) };
        } catch (error) {
          if (error instanceof StoreAway) this.lose(error);
          if (!(error instanceof Conflict)) throw error;
          await this.load();
          if (left === 1 || edits.some((edit) => 'value' in edit)) throw error;
        }
      }
    });
    if (told) await told.done;
  }

  /** Drops what changes nothing. */
  private apply(edits: readonly Edit[]): Changed[] {
    const changed: Changed[] = [];
    for (const edit of edits) {
      const before = this.get(edit.kind, edit.id);
      const after = asStored('edit' in edit ? (edit.edit as (before: unknown) => unknown)(before) : edit.value);
      if (!isDeepStrictEqual(after, before)) changed.push({ kind: edit.kind, id: edit.id, before, after } as Changed);
    }
    return changed;
  }

  private async load(): Promise<void> {
    let loaded: Awaited<ReturnType<Documents['load']>>;
    try {
      loaded = await this.deps.documents.load();
    } catch (error) {
      if (error instanceof StoreAway) this.lose(error);
      throw error;
    }
    this.found();
    const changed = this.held.take(loaded.version, loaded.documents);
    if (changed.length > 0) {
      this.saveMirror();
      void this.tell(changed);
    }
  }

  private saveMirror(): void {
    this.mirror.save(() => ({ version: this.held.version, documents: this.held.stored() }));
  }

  private lose(error: StoreAway): void {
    if (!this.away) this.deps.log.warn(`${error.message} Until then the household's settings can only be read.`);
    this.away = error;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.reload().catch(() => {}), this.deps.retryEvery ?? 5000).unref();
  }

  private found(): void {
    clearTimeout(this.retry);
    if (this.away) this.deps.log.info('The store answers again; settings can be changed.');
    this.away = undefined;
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.queue.then(task, task);
    this.queue = turn;
    return turn;
  }
}

/** As it comes back from the store, so that comparing before and after a restart means the same. */
const asStored = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

const defaultSettings: SettingsDocument = {
  id: 'household',
  name: 'Home',
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  defaultPreset: 'balanced',
  blockMode: 'null',
  blockTtl: 10,
  unknownDevices: 'protect',
  retention: { attemptsDays: 30, rollupDays: 400 },
};
