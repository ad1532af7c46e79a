import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { OwnerAccount } from './settings/account.ts';
import type { Household } from './settings/household.ts';
import { StoreAway } from './store/store.ts';

/** Milliseconds between tries while the store is away. */
const AGAIN = 1000;

/**
 * What the configuration wants done at the first start, and never again: the owner's password, subscriptions.
 * While the store is away it is tried again, which nobody waits for.
 */
export async function firstSteps(
  config: Pick<Config, 'ownerPassword' | 'lists'>,
  household: Household,
  log?: Pick<Logger, 'warn'>,
): Promise<void> {
  const account = new OwnerAccount({ household });
  const isFirst = !account.isSetUp && household.count('list') === 0;
  try {
    if (config.ownerPassword !== undefined) await account.setFirstPassword(config.ownerPassword);
    const { subscribe: wanted } = config.lists;
    if (isFirst && wanted.length > 0) await subscribe(wanted, household);
  } catch (error) {
    if (!(error instanceof StoreAway)) throw error;
    log?.warn(`The first settings wait for the store: ${error.message}`);
    tryAgain(config, household);
  }
}

function tryAgain(config: Pick<Config, 'ownerPassword' | 'lists'>, household: Household): void {
  const again = () => (household.readOnly ? tryAgain(config, household) : void firstSteps(config, household));
  setTimeout(again, AGAIN).unref();
}

async function subscribe(addresses: readonly string[], household: Household): Promise<void> {
  const edits = addresses.map((url, i) => {
    const value = {
      id: `l_first${i}`,
      name: new URL(url).pathname.split('/').at(-1) || url,
      url,
      kind: 'block',
      scope: { kind: 'everyone' },
      enabled: true,
      watchOnly: false,
    } as const;
    return { kind: 'list', id: value.id, value } as const;
  });
  await household.change({ by: 'quell', what: 'Subscribed the lists of the configuration' }, edits);
}
