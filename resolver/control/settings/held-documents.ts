import type { DocumentChange, StoredDocument } from '../store/store.ts';
import type { DocumentKinds } from './documents.ts';
import type { Changed, Kind } from './edit.ts';

interface Held {
  readonly version: number;
  readonly value: unknown;
}

/** The documents as this process last saw them, each with the version that it was written by. */
export class HeldDocuments {
  /** Number of the last change that is in here. */
  version = 0;
  private readonly kinds = new Map<Kind, Map<string, Held>>();

  all<K extends Kind>(kind: K): DocumentKinds[K][] {
    return Array.from(this.kinds.get(kind)?.values() ?? [], ({ value }) => value as DocumentKinds[K]);
  }

  get<K extends Kind>(kind: K, id: string): DocumentKinds[K] | undefined {
    return this.kinds.get(kind)?.get(id)?.value as DocumentKinds[K] | undefined;
  }

  ids(kind: Kind): string[] {
    return [...(this.kinds.get(kind)?.keys() ?? [])];
  }

  count(kind: Kind): number {
    return this.kinds.get(kind)?.size ?? 0;
  }

  /** As the store is to check and write it. */
  toCommit({ kind, id, after }: Changed): DocumentChange {
    // Several resolvers may drop the same old change at once.
    if (kind === 'change') return { kind, id, value: after };
    return { kind, id, value: after, expected: this.kinds.get(kind)?.get(id)?.version ?? 0 };
  }

  /** What this process wrote. */
  keep(version: number, changed: readonly Changed[]): void {
    this.version = version;
    for (const { kind, id, after } of changed) {
      if (after === undefined) this.kinds.get(kind)?.delete(id);
      else this.ofKind(kind).set(id, { version, value: after });
    }
  }

  /** What the store holds. @returns what is different from before */
  take(version: number, documents: readonly StoredDocument[]): Changed[] {
    const changed: Changed[] = [];
    const gone = new Map([...this.kinds].map(([kind, held]) => [kind, new Map(held)]));
    for (const { kind, id, version, value } of documents as readonly (StoredDocument & { kind: Kind })[]) {
      const before = this.kinds.get(kind)?.get(id);
      gone.get(kind)?.delete(id);
      if (before?.version === version) continue;
      this.ofKind(kind).set(id, { version, value });
      changed.push({ kind, id, before: before?.value, after: value } as Changed);
    }
    for (const [kind, held] of gone) {
      for (const [id, before] of held) {
        this.kinds.get(kind)?.delete(id);
        changed.push({ kind, id, before: before.value } as Changed);
      }
    }
    this.version = version;
    return changed;
  }

  /** Everything but history, as the store would give it. */
  stored(): StoredDocument[] {
    return [...this.kinds].flatMap(([kind, held]) =>
      kind === 'change' ? [] : Array.from(held, ([id, { version, value }]) => ({ kind, id, version, value })),
    );
  }

  private ofKind(kind: Kind): Map<string, Held> {
    let held = this.kinds.get(kind);
    if (!held) this.kinds.set(kind, (held = new Map()));
    return held;
  }
}
