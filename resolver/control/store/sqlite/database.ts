import { DatabaseSync } from 'node:sqlite';
import { StoreAway } from '../store.ts';
import { migrations } from './migrations.ts';
import { Statements } from './statements.ts';

/**
 * Opens the file and brings its tables up to date. A commit costs no fsync but at checkpoints: a power cut may take
 * the last seconds, never the file. Small pages, because a flush touches two of them and SD cards wear by the byte.
 */
export function openDatabase(path: string): Statements {
  let database: DatabaseSync | undefined;
  try {
    // No waiting on locks here: it would stop this whole thread. Whoever is refused tries again later.
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec('PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    // Overwrites what is deleted where a page is written anyway, so that forgetting finds no stray copies to chase.
    database.exec('PRAGMA secure_delete = FAST');
    database.exec('PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 8000000; PRAGMA cache_size = -2000;');
    const statements = new Statements(database);
    migrate(statements, path);
    return statements;
  } catch (error) {
    database?.close();
    throw explainSqlite(error, path);
  }
}

function migrate(statements: Statements, path: string): void {
  const version = Number(statements.get('PRAGMA user_version')?.user_version);
  if (version > migrations.length) {
    throw new StoreAway(`${path} was written by a newer Quell; update this one, or start with another data directory.`);
  }
  for (let next = version; next < migrations.length; next++) {
    statements.atomically(() => statements.execute(`${migrations[next]}; PRAGMA user_version = ${next + 1}`));
  }
}

/** What SQLite says as a sentence with the remedy; errors that are not SQLite's stay as they are. */
export function explainSqlite(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error;
  return new StoreAway(sentence(Number(error.errcode) & 0xff, path) ?? `${path}: ${error.message}.`, { cause: error });
}

function sentence(code: number, path: string): string | undefined {
  if (code === 5 || code === 6) return `${path} is locked by another program; close that program.`;
  if (code === 8) return `${path} can't be written; give Quell's user the right to write it.`;
  if (code === 10) return `The disk under ${path} reports errors; check it, or move the data directory to another one.`;
  if (code === 11 || code === 26) return `${path} is damaged; move it away and import your last export.`;
  if (code === 13) return `The disk under ${path} is full; make room on it.`;
  if (code === 14) return `${path} can't be opened; check that its folder exists and Quell's user may write there.`;
  return undefined;
}
