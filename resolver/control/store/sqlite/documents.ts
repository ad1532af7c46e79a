import { setTimeout as wait } from 'node:timers/promises';
import { Conflict, type DocumentChange, type Documents, StoreAway, type StoredDocument } from '../store.ts';
import { explainSqlite } from './database.ts';
import type { Statements } from './statements.ts';

/** How long a commit tries to get past another program's lock, in milliseconds. */
const patience = 2000;
/** How soon a change by another program (the command line) is noticed, in milliseconds. */
const lookEvery = 500;

export class SqliteDocuments implements Documents {
  readonly #statements: () => Statements;
  readonly #path: string;
  readonly #watchers = new Set<() => void>();
  #version = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor(deps: { readonly statements: () => Statements; readonly path: string }) {
    this.#statements = deps.statements;
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
      const rows = this.#statements().all('SELECT kind, id, version, value FROM document');
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
      const statements = this.#statements();
      // Attempts may wait for the next checkpoint, a household's decision may not: this commit is fsynced. And what it
      // replaces is wiped out, so that nothing is left of a device when it is forgotten.
      statements.execute('PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
      try {
        const before = this.#version;
        const version = statements.atomically(() => this.#apply(statements, changes));
        // When somebody else's change came in between, the next look must find it.
        if (version === before + 1) this.#version = version;
        return version;
      } finally {
        statements.execute('PRAGMA synchronous = NORMAL; PRAGMA secure_delete = FAST');
      }
    });
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  #apply(statements: Statements, changes: readonly DocumentChange[]): number {
    const next = this.#read() + 1;
    const versionOf = 'SELECT version FROM document WHERE kind = ? AND id = ?';
    for (const { kind, id, expected } of changes) {
      const version = Number(statements.get(versionOf, kind, id)?.version ?? 0);
      if (expected !== undefined && expected !== version) {
        throw new Conflict(`The ${kind} was changed by somebody else meanwhile; look again and repeat your change.`);
      }
    }
    for (const { kind, id, value } of changes) {
      if (value === undefined) statements.run('DELETE FROM document WHERE kind = ? AND id = ?', kind, id);
      else statements.run('INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?)', kind, id, next, JSON.stringify(value));
    }
    statements.run('UPDATE change SET version = ?', next);
    return next;
  }

  #read(): number {
    return Number(this.#statements().get('SELECT version FROM change')?.version);
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
