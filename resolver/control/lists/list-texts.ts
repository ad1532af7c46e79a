import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChangedName } from '../../../lists/parse/changed-names.ts';
import type { ListDiff } from '../../../lists/parse/diff.ts';
import type { FoundLine } from '../../../lists/parse/find-line.ts';
import type { IncomingText } from './incoming-text.ts';
import type { ListChild } from './list-child.ts';
import { asAllowList, type ListPreview, listPreview } from './list-preview.ts';
import type { ListSource } from './list-source.ts';
import { NoSuchList } from './no-such-list.ts';
import { spool } from './spool.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface ListTextsDeps {
  readonly child: ListChild;
  readonly source: ListSource;
  readonly subscriptions: Subscriptions;
  /** For a text that is only looked at. */
  readonly folder: string;
  readonly neverBlock: readonly string[];
  readonly functional: readonly string[];
}

const DIFF_NAMES = 200;

/** What the texts of lists say; the child reads them. */
export class ListTexts {
  private readonly deps: ListTextsDeps;

  constructor(deps: ListTextsDeps) {
    this.deps = deps;
  }

  /**
   * @param recorded names of the record, to learn what the list would do to them
   * @throws FetchFailed, TooLarge
   */
  async preview(
    wish: ({ readonly url: string } | { readonly text: string }) & { readonly kind: 'block' | 'allow' },
    recorded: readonly string[] = [],
  ): Promise<ListPreview> {
    const { child, source, neverBlock, functional, folder } = this.deps;
    const path = join(folder, `${randomUUID()}.spool`);
    try {
      const text = await this.come(wish, path);
      const names = [...neverBlock, ...functional];
      const seen = await child.run('preview', { text, limit: source.limit, names, recorded });
      return listPreview({ ...seen, kind: wish.kind }, neverBlock);
    } finally {
      await rm(path, { force: true });
    }
  }

  /** What a version adds and removes compared with the one in use. */
  async diff(id: string, version: string): Promise<ListDiff> {
    const { before, after } = this.compared(id, version);
    if (before === undefined) throw new NoSuchList('No version of this list is in use yet.');
    return this.deps.child.run('diff', { before, after, limit: DIFF_NAMES });
  }

  /** Which of the given names a version would treat otherwise than the one in use. */
  async wouldChange(id: string, version: string, names: readonly string[]): Promise<ChangedName[]> {
    const changes = await this.deps.child.run('changed', { ...this.compared(id, version), names });
    return this.deps.subscriptions.find(id).document.kind === 'allow' ? asAllowList(changes) : changes;
  }

  /** The lines of the versions in use that decide about a name, by the ids of their lists; none where there is no text. */
  async findLines(ids: readonly string[], name: string): Promise<Map<string, FoundLine>> {
    const inUse = ids.flatMap((id) => {
      const subscription = this.deps.subscriptions.get(id);
      const version = subscription?.used?.version;
      return version ? [{ id, path: subscription!.pathOf(version) }] : [];
    });
    if (inUse.length === 0) return new Map();
    const found = await this.deps.child.run('find', { paths: inUse.map(({ path }) => path), name });
    return new Map(inUse.flatMap(({ id }, at) => (found[at] ? [[id, found[at]]] : [])));
  }

  private async come(wish: { readonly url: string } | { readonly text: string }, path: string): Promise<IncomingText> {
    if ('text' in wish) {
      await spool(path, [new TextEncoder().encode(wish.text)], this.deps.source.limit);
      return { spool: path };
    }
    const fetched = await this.deps.source.fetch(wish.url, {}, path);
    if (fetched.same) throw new NoSuchList('The server sends nothing.');
    return fetched.text;
  }

  private compared(id: string, version: string): { before?: string; after: string } {
    const subscription = this.deps.subscriptions.find(id);
    if (!subscription.state.versions.some((kept) => kept.version === version))
      throw new NoSuchList('This version of the list is not kept any more.');
    const live = (subscription.used ?? subscription.wanted)?.version;
    return { before: live && subscription.pathOf(live), after: subscription.pathOf(version) };
  }
}
