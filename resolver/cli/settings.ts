import { join } from 'node:path';
import pino from 'pino';
import type { Config } from '../control/config/config.ts';
import { loadConfig } from '../control/config/config.ts';
import { type Access, accessTo } from '../control/settings/access.ts';
import { Household } from '../control/settings/household.ts';
import { openStore } from '../control/store/open.ts';

/** The household's settings from the store itself: whoever may read the data directory is trusted. */
export interface Settings {
  readonly config: Config;
  readonly household: Household;
  readonly access: Access;
}

/** Opens the store beside the running product, and closes it afterwards. @throws StoreAway */
export async function withSettings<T>(use: (settings: Settings) => Promise<T>): Promise<T> {
  const config = loadConfig({ env: process.env, cwd: process.cwd() });
  const store = await openStore(config.store, { dataDir: config.dataDir, home: config.home });
  const now = () => Date.now();
  const log = pino({ level: 'silent' });
  // A mirror of its own: the running product writes the real one.
  const mirrorFile = join(config.dataDir, 'household.cli.json');
  const household = new Household({ documents: store.documents, mirrorFile, now, log });
  try {
    await store.start();
    await household.start();
    return await use({ config, household, access: accessTo({ household, now, monotonic: () => performance.now() }) });
  } finally {
    await household.stop();
    await store.stop();
  }
}
