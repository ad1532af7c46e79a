import {
  Conflict,
  type DocumentChange,
  type Documents,
  StoreAway,
  type StoredDocument,
} from '../../../../resolver/control/store/store.ts';

/** Documents that several households of one test share, and that can be away. */
export class MemoryDocuments implements Documents {
  away = false;
  commits = 0;
  private version = 0;
  private readonly documents = new Map<string, StoredDocument>();
  private readonly watchers = new Set<() => void>();

  async load() {
    this.reach();
    return { version: this.version, documents: structuredClone([...this.documents.values()]) };
  }

  async commit(changes: readonly DocumentChange[]) {
    this.reach();
    for (const { kind, id, expected } of changes) {
      if (expected !== undefined && expected !== (this.documents.get(`${kind}/${id}`)?.version ?? 0)) {
        throw new Conflict(`${kind} ${id} was changed meanwhile; load it again and repeat the change.`);
      }
    }
    this.commits++;
    this.version++;
    for (const { kind, id, value } of changes) {
      if (value === undefined) this.documents.delete(`${kind}/${id}`);
      else this.documents.set(`${kind}/${id}`, { kind, id, version: this.version, value: structuredClone(value) });
    }
    return this.version;
  }

  watch(changed: () => void) {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  }

  /** What a store does after somebody else's commit or a reconnect. */
  wake(): void {
    for (const changed of this.watchers) changed();
  }

  private reach(): void {
    if (this.away) throw new StoreAway('The store is away; start it again.');
  }
}
