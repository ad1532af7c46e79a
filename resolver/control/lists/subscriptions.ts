import { join } from 'node:path';
import type { WallMs } from '../../policy/model.ts';
import type { ListDocument } from '../settings/documents.ts';
import { NoSuchList } from './no-such-list.ts';
import { Subscription, type SubscriptionDeps } from './subscription.ts';
import { removeForgotten } from './version-shelf.ts';

export interface SubscriptionsDeps {
  /** Each list has a folder in it. */
  readonly folder: string;
  /** All of the household; asked only once they are loaded. */
  readonly documents: () => readonly ListDocument[];
  /** What a subscription needs beside its folder. */
  readonly depsOf: (document: ListDocument) => Omit<SubscriptionDeps, 'folder'>;
}

/** The household's subscriptions, by the ids of their documents. */
export class Subscriptions {
  private readonly deps: SubscriptionsDeps;
  private readonly byId = new Map<string, Subscription>();

  constructor(deps: SubscriptionsDeps) {
    this.deps = deps;
  }

  get all(): readonly Subscription[] {
    return [...this.byId.values()];
  }

  get(id: string): Subscription | undefined {
    return this.byId.get(id);
  }

  /** @throws NoSuchList */
  find(id: string): Subscription {
    const subscription = this.byId.get(id);
    if (subscription === undefined) throw new NoSuchList(`There is no list ${id}.`);
    return subscription;
  }

  /** Makes the subscriptions those of the documents. Texts of a removed list stay, in case the removal is undone. */
  adopt(): void {
    const documents = this.deps.documents();
    for (const id of this.byId.keys()) {
      if (!documents.some((document) => document.id === id)) this.byId.delete(id);
    }
    for (const document of documents) {
      const known = this.byId.get(document.id);
      if (known) known.take(document);
      else this.byId.set(document.id, this.subscribe(document));
    }
  }

  /** Removes what updates left that were cut off, and what is left of lists that were removed long ago. */
  async tidy(now: WallMs): Promise<void> {
    await Promise.all(this.all.map((subscription) => subscription.tidy()));
    await removeForgotten(this.deps.folder, [...this.byId.keys()].map(folderName), now);
  }

  private subscribe(document: ListDocument): Subscription {
    const folder = join(this.deps.folder, folderName(document.id));
    return new Subscription(document, { ...this.deps.depsOf(document), folder });
  }
}

/** Ids come from documents, which an import may have filled with anything. */
const folderName = (id: string): string => encodeURIComponent(id).replaceAll('.', '%2E');
