import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { Conflict, type DocumentChange, type Documents, StoreAway, type StoredDocument } from '../store.ts';
import { explainSqlite, inTransaction } from './database.ts';

/** How long a commit tries to get past another program's lock, in milliseconds. */
const patience = 2000;
/** How soon a change by another program (the command line) is noticed, in milliseconds. */
const lookEvery = 500;

export class SqliteDocuments implements Documents {
  readonly #database: () => DatabaseSync;
  readonly #path: string;
  readonly #watchers = new Set<() => void>();
  #version = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor(deps: { readonly database: () => DatabaseSync; readonly path: string }) {
    this.#database = deps.database;
    this.#path = deps.path;
  }

  start(): void {
    this.#version = this.#read();
    this.#looking = setInterval(() => this.#look(), lookEvery).unref();
  }

  stop(): void {
    clearInterval(this.#looking);
  }

  async load(): Promise<{ version: number; documents: StoredDocument[] }> {
    return this.#unlessLocked(() => {
      const rows = this.#database().prepare('SELECT kind, id, version, value FROM document').all();
      const documents = rows.map((row) => ({
        kind: String(row.kind),
        id: String(row.id),
        version: Number(row.version),
        value: JSON.parse(String(row.value)),
      }));
      return { version: this.#read(), documents };
    });
  }

  async commit(changes: readonly DocumentChange[]): Promise<number> {
    return this.#unlessLocked(() => {
      const database = this.#database();
      // Attempts may wait for the next checkpoint, a household's decision may not: this commit is fsynced.
      database.exec('PRAGMA synchronous = FULL');
      try {
        const before = this.#version;
        const version = inTransaction(database, () => this.#apply(database, changes));
        // When somebody else's change came in between, the next look must find it.
        if (version === before + 1) this.#version = version;
        return version;
      } finally {
        database.exec('PRAGMA synchronous = NORMAL');
      }
    });
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  #apply(database: DatabaseSync, changes: readonly DocumentChange[]): number {
    const next = this.#read() + 1;
    const versionOf = database.prepare('SELECT version FROM document WHERE kind = ? AND id = ?');
    for (const { kind, id, expected } of changes) {
      const version = Number(versionOf.get(kind, id)?.version ?? 0);
      if (expected !== undefined && expected !== version) {
        throw new Conflict(`The ${kind} was changed by somebody else meanwhile; look again and repeat your change.`);
      }
    }
    const put = database.prepare('INSERT OR REPLACE INTO document (kind, id, version, value) VALUES (?, ?, ?, ?)');
    const remove = database.prepare('DELETE FROM document WHERE kind = ? AND id = ?');
    for (const { kind, id, value } of changes) {
      if (value === undefined) remove.run(kind, id);
      else put.run(kind, id, next, JSON.stringify(value));
    }
    database.prepare('UPDATE change SET version = ?').run(next);
    return next;
  }

  #read(): number {
    return Number(this.#database().prepare('SELECT version FROM change').get()?.version);
  }

  #look(): void {
    let version: number;
    try {
      version = this.#read();
    } catch {
      return; // Locked just now; the next look finds it.
    }
    if (version === this.#version) return;
    this.#version = version;
    for (const changed of this.#watchers) changed();
  }

  async #unlessLocked<Result>(work: () => Result): Promise<Result> {
    const until = performance.now() + patience;
    for (;;) {
      try {
        return work();
      } catch (error) {
        const explained = explainSqlite(error, this.#path);
        if (!(explained instanceof StoreAway) || performance.now() > until) throw explained;
        await wait(20);
      }
    }
  }
}
