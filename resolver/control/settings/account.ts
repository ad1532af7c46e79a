import type { Household } from './household.ts';
import { hashPassword, isPassword, type PasswordHash } from './password.ts';

/** The one account of a household. */
export class OwnerAccount {
  private readonly household: Household;

  constructor(deps: { household: Household }) {
    this.household = deps.household;
  }

  get isSetUp(): boolean {
    return this.household.get('account', 'owner')?.password !== undefined;
  }

  async knows(password: string): Promise<boolean> {
    const known = this.household.get('account', 'owner')?.password;
    return known !== undefined && isPassword(password, known);
  }

  /** Ends all sessions but the one that is kept: whoever knew the old password is out. */
  async setPassword(password: string, keepSession?: string): Promise<void> {
    const hash = await hashPassword(password);
    await this.household.note([
      { kind: 'account', id: 'owner', edit: () => ({ id: 'owner', password: hash }) },
      ...this.household
        .all('session')
        .filter(({ id }) => id !== keepSession)
        .map(({ id }) => ({ kind: 'session' as const, id, edit: () => undefined })),
    ]);
  }

  /** @returns false when somebody chose a password before; that one stays */
  async setFirstPassword(password: string): Promise<boolean> {
    if (this.isSetUp) return false;
    const hash = await hashPassword(password);
    let first = false;
    const choose = (known: PasswordHash | undefined) => {
      first = known === undefined;
      return known ?? hash;
    };
    await this.household.note([
      { kind: 'account', id: 'owner', edit: (account) => ({ id: 'owner', password: choose(account?.password) }) },
    ]);
    return first;
  }
}
