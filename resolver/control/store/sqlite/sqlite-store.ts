import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { WallMs } from '../../../policy/model.ts';
import { PackedRecord } from '../packed/packed-record.ts';
import { type Store, StoreAway } from '../store.ts';
import { openDatabase } from './database.ts';
import { SqliteDocuments } from './documents.ts';
import { SqliteShelf } from './shelf.ts';
import type { Statements } from './statements.ts';

/** Documents and record in one file. */
export class SqliteStore implements Store {
  readonly kind = 'sqlite';
  readonly documents: SqliteDocuments;
  readonly record: PackedRecord;
  readonly #path: string;
  #statements: Statements | undefined;

  constructor(deps: { readonly path: string; readonly now: () => WallMs }) {
    this.#path = deps.path;
    const statements = () => this.#opened();
    this.documents = new SqliteDocuments({ statements, path: deps.path });
    this.record = new PackedRecord({ shelf: new SqliteShelf({ statements, path: deps.path }), now: deps.now });
  }

  async start(): Promise<void> {
    mkdirSync(dirname(this.#path), { recursive: true });
    this.#statements = openDatabase(this.#path);
    this.documents.start();
  }

  async stop(): Promise<void> {
    await this.record.settled();
    this.documents.stop();
    this.#statements?.close();
    this.#statements = undefined;
  }

  async check(): Promise<string[]> {
    const rows = this.#opened().all('PRAGMA integrity_check(20)');
    const found = rows.map((row) => String(row.integrity_check)).filter((line) => line !== 'ok');
    return found.map((line) => `${this.#path} is damaged (${line}); move it away and import your last export.`);
  }

  #opened(): Statements {
    if (!this.#statements) throw new StoreAway(`${this.#path} is not open; start the store first.`);
    return this.#statements;
  }
}
