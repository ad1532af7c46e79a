import type { Access } from './access.ts';
import type { ListDocument } from './documents.ts';
import type { Edit } from './edit.ts';
import type { Household } from './household.ts';
import { newId } from './id.ts';

export interface FirstStartDeps {
  readonly household: Household;
  readonly access: Pick<Access, 'account' | 'links'>;
  /** Chosen beforehand, so that nobody has to open a link. */
  readonly ownerPassword?: string;
  /** Addresses to subscribe to. */
  readonly lists: readonly string[];
}

/**
 * What is done once in a household's life: its settings are written down, lists that the configuration names
 * are subscribed, and the owner gets a way in. Later starts change nothing but an unused set-up link.
 * @returns the secret of the set-up link, as long as nobody chose a password
 * @throws StoreAway
 */
export async function firstStart({
  household,
  access,
  ownerPassword,
  lists,
}: FirstStartDeps): Promise<string | undefined> {
  if (!household.get('settings', 'household')) {
    const settings: Edit = { kind: 'settings', id: 'household', edit: (known) => known ?? household.settings() };
    const subscribed = lists.map((url): Edit => {
      const id = newId('l');
      return { kind: 'list', id, value: subscription(id, url) };
    });
    await household.note([settings, ...subscribed]);
  }
  if (access.account.isSetUp) return undefined;
  if (ownerPassword === undefined) return access.links.issue('set-up');
  await access.account.setFirstPassword(ownerPassword);
  return undefined;
}

const subscription = (id: string, url: string): ListDocument => ({
  id,
  name: url.replace(/^file:/, '').replace(/^https?:\/\//, ''),
  url,
  kind: 'block',
  scope: { kind: 'everyone' },
  enabled: true,
  watchOnly: false,
});
