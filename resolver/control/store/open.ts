import { join } from 'node:path';
import type { WallMs } from '../../policy/model.ts';
import { type Store, StoreAway } from './store.ts';

export interface StoreOptions {
  /** Where the SQLite file is; Redis needs none. */
  readonly dataDir: string;
  /** Keeps households on one Redis apart. */
  readonly home?: string;
  readonly now?: () => WallMs;
}

/**
 * The store that a `QUELL_STORE` value names: `sqlite`, `sqlite:<file>`, or an address as `redis/address.ts` reads it.
 * Not started yet.
 * @throws StoreAway when the value names none
 */
export async function openStore(url: string, { dataDir, home = 'home', now = Date.now }: StoreOptions): Promise<Store> {
  if (url === 'sqlite' || url.startsWith('sqlite:')) {
    const { SqliteStore } = await import('./sqlite/sqlite-store.ts');
    return new SqliteStore({ path: join(dataDir, url.slice('sqlite:'.length) || 'quell.db'), now });
  }
  if (/^rediss?(\+(sentinel|cluster))?:\/\//.test(url)) {
    const { RedisStore } = await import('./redis/redis-store.ts');
    return new RedisStore({ url, home, now });
  }
  throw new StoreAway(`QUELL_STORE is "${url}"; write sqlite, or an address like redis://127.0.0.1:6379.`);
}
