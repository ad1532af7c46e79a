import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Inspection } from '../../../lists/parse/inspect.ts';
import type { WallMs } from '../../policy/model.ts';
import type { ListVersionDocument } from '../settings/documents.ts';
import { gate } from './gate.ts';
import type { IncomingText } from './incoming-text.ts';
import type { ListChild } from './list-child.ts';
import type { Fetched, Validators } from './list-fetcher.ts';
import { type KeptVersion, keptVersion } from './list-state.ts';
import type { Shelved } from './shelve.ts';
import { spool } from './spool.ts';
import { checked, DAMAGED } from './state-changes.ts';
import type { Subscription } from './subscription.ts';
import { keepNewest } from './version-shelf.ts';

export interface VersionSearchDeps {
  /** What the household's resolvers agreed on, where there are several. */
  readonly agreed: () => ListVersionDocument | undefined;
  /** @param spool path that a text may be written to */
  readonly fetch: (address: string, validators: Validators, spool: string) => Promise<Fetched>;
  readonly child: ListChild;
  /** Bytes that a list may have. */
  readonly limit: number;
  /** Aborted when Quell stops: what fails from then on says nothing of the list. */
  readonly stopping: AbortSignal;
  readonly neverBlock: readonly string[];
  readonly functional: readonly string[];
  readonly now: () => WallMs;
  readonly random: () => number;
}

/**
 * Gets new versions of one list: from its address, or from another resolver of the household. Here is only seen what
 * the child says of a text, never the text.
 */
export class VersionSearch {
  private readonly subscription: Subscription;
  private readonly deps: VersionSearchDeps;
  private checking: Promise<void> | undefined;
  private keeping: Promise<void> | undefined;

  constructor(subscription: Subscription, deps: VersionSearchDeps) {
    this.subscription = subscription;
    this.deps = deps;
  }

  get isChecking(): boolean {
    return this.checking !== undefined;
  }

  /** Whether there may be texts in the list's folder that its state does not speak of yet. */
  get isAtWork(): boolean {
    return this.checking !== undefined || this.keeping !== undefined;
  }

  /** Looks for a new version; calls that come together share one look. Never rejects: what went wrong is in the state. */
  check(): Promise<void> {
    this.checking ??= this.look().finally(() => {
      this.checking = undefined;
      return this.subscription.tidy();
    });
    return this.checking;
  }

  /** Keeps the text of a version that another resolver of the household had. @throws when it is damaged */
  async keep(version: string, packed: AsyncIterable<Uint8Array>): Promise<boolean> {
    // Neither shelves what the other has not noted yet.
    await this.checking;
    await this.keeping?.catch(() => {});
    if (this.subscription.keeps(version)) return false;
    const keeping = this.keepPacked(version, packed).finally(() => {
      if (this.keeping === keeping) this.keeping = undefined;
      return this.subscription.tidy();
    });
    this.keeping = keeping;
    await keeping;
    return true;
  }

  private async keepPacked(version: string, packed: AsyncIterable<Uint8Array>): Promise<void> {
    const { subscription, deps } = this;
    await subscription.folder.still();
    const path = this.freshSpool();
    await spool(path, packed, deps.limit);
    const { inspection } = await this.shelve({ spool: path, version });
    if (inspection === undefined) return;
    const kept = keptVersion({ version, inspection, held: [], fetchedAt: deps.now() });
    const { live, versions } = subscription.state;
    const needed = [live, subscription.document.pinned];
    await subscription.record({ ...subscription.state, versions: keepNewest([kept, ...versions], needed) });
  }

  private async look(): Promise<void> {
    await this.keeping?.catch(() => {});
    const { subscription, deps } = this;
    await subscription.folder.still();
    const { url } = subscription.document;
    // The owner gave another address meanwhile: what this one sent, or failed to, is of no more interest.
    const isGivenUp = () => url !== subscription.document.url;
    try {
      // Without the text they belong to, a "not modified" would leave us with nothing.
      const hasText = subscription.state.versions.length > 0;
      const fetched = await deps.fetch(url, hasText ? subscription.state : {}, this.freshSpool());
      const shelved = fetched.same ? undefined : await this.shelve(fetched.text);
      if (isGivenUp()) return;
      if (fetched.same) await subscription.record(checked(subscription.state, subscription.moment));
      else await this.consider(shelved!, fetched);
    } catch (error) {
      if (!isGivenUp()) await subscription.fail(error instanceof Error ? error.message : String(error));
    }
  }

  private async consider({ version, inspection }: Shelved, { etag, lastModified }: Validators): Promise<void> {
    const { subscription } = this;
    // What the owner did meanwhile stands.
    const { live, rejected, versions, fetched } = subscription.state;
    const known = versions.find((kept) => kept.version === version);
    const kept = inspection ? this.judge(version, inspection) : known;
    if (kept === undefined) throw new Error(DAMAGED);
    const next = {
      ...checked(subscription.state, subscription.moment, kept.expiresHours),
      versions: inspection ? keepNewest([kept, ...versions], [live, subscription.document.pinned]) : versions,
      expiresHours: kept.expiresHours,
      fetched: version,
      etag,
      lastModified,
    };
    // What it gave before is no news: another resolver's is newer.
    const isOld = version === fetched && this.deps.agreed() !== undefined;
    const stays = version === live || kept.held !== undefined || rejected.includes(version) || isOld;
    if (stays) await subscription.record(next);
    else subscription.prepare({ ...next, live: version });
  }

  private judge(version: string, inspection: Inspection): KeptVersion {
    const { state, document } = this.subscription;
    const { neverBlock, now } = this.deps;
    const live = state.versions.find((kept) => kept.version === state.live);
    const local = document.url.startsWith('file:');
    const held = gate({ next: inspection, live, neverBlock, local });
    const isPinned = document.pinned !== undefined && document.pinned !== version;
    if (isPinned) held.push('The list is pinned to another version.');
    return keptVersion({ version, inspection, held, fetchedAt: now() });
  }

  private async shelve(text: IncomingText): Promise<Shelved> {
    const { child, limit, neverBlock, functional } = this.deps;
    const { folder, state } = this.subscription;
    const known = state.versions.map((kept) => kept.version);
    const task = { text, limit, folder: folder.path, known, names: [...neverBlock, ...functional] };
    const { version, inspection } = await child.run('shelve', task);
    if (inspection === undefined || this.subscription.document.kind === 'block') return { version, inspection };
    const { block, allow } = inspection.entries;
    return { version, inspection: { ...inspection, entries: { block: 0, allow: block + allow }, blocks: [] } };
  }

  /** What is left of it goes with the strays. */
  private freshSpool(): string {
    return join(this.subscription.folder.path, `${randomUUID()}.spool`);
  }
}
