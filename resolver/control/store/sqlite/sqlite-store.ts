import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { WallMs } from '../../../policy/model.ts';
import { PackedRecord } from '../packed/packed-record.ts';
import { type Store, StoreAway } from '../store.ts';
import { openDatabase } from './database.ts';
import { SqliteDocuments } from './documents.ts';
import { SqliteShelf } from './shelf.ts';

/** Documents and record in one file. */
export class SqliteStore implements Store {
  readonly kind = 'sqlite';
  readonly documents: SqliteDocuments;
  readonly record: PackedRecord;
  readonly #path: string;
  #database: DatabaseSync | undefined;

  constructor(deps: { readonly path: string; readonly now: () => WallMs }) {
    this.#path = deps.path;
    const database = () => this.#opened();
    this.documents = new SqliteDocuments({ database, path: deps.path });
    this.record = new PackedRecord({ shelf: new SqliteShelf({ database, path: deps.path }), now: deps.now });
  }

  async start(): Promise<void> {
    mkdirSync(dirname(this.#path), { recursive: true });
    this.#database = openDatabase(this.#path);
    this.documents.start();
  }

  async stop(): Promise<void> {
    await this.record.settled();
    this.documents.stop();
    this.#database?.close();
    this.#database = undefined;
  }

  async check(): Promise<string[]> {
    const rows = this.#opened().prepare('PRAGMA integrity_check(20)').all();
    const found = rows.map((row) => String(row.integrity_check)).filter((line) => line !== 'ok');
    return found.map((line) => `${this.#path} is damaged (${line}); move it away and import your last export.`);
  }

  #opened(): DatabaseSync {
    if (!this.#database) throw new StoreAway(`${this.#path} is not open; start the store first.`);
    return this.#database;
  }
}
