import type { WallMs } from '../../policy/model.ts';
import type { LinkDocument } from './documents.ts';
import type { Household } from './household.ts';
import { digestOf, newSecret } from './secret.ts';

const LIFE: Record<LinkDocument['opens'], number> = { 'set-up': 24 * 3_600_000, 'log-in': 15 * 60_000 };

/** Links that work once: the set-up link of the first start, and `quell login-link`. */
export class Links {
  private readonly household: Household;
  private readonly now: () => WallMs;

  constructor(deps: { household: Household; now: () => WallMs }) {
    this.household = deps.household;
    this.now = deps.now;
  }

  /** Earlier links of the same kind stop working. @returns the secret part of the link */
  async issue(opens: LinkDocument['opens']): Promise<string> {
    const secret = newSecret();
    const createdAt = this.now();
    const id = digestOf(secret);
    await this.household.note([
      ...this.household
        .all('link')
        .filter((link) => link.opens === opens)
        .map((link) => ({ kind: 'link' as const, id: link.id, edit: () => undefined })),
      { kind: 'link', id, value: { id, opens, createdAt, expiresAt: createdAt + LIFE[opens] } },
    ]);
    return secret;
  }

  /** @returns whether the link was good; it isn't any more after that, on any resolver */
  async use(secret: string, opens: LinkDocument['opens']): Promise<boolean> {
    const id = digestOf(secret);
    // The command line may have issued it through its own connection to the store.
    if (!this.household.get('link', id)) await this.household.reload();
    let used = false;
    await this.household.note([
      {
        kind: 'link',
        id,
        edit: (link) => {
          used = link !== undefined && link.opens === opens && link.expiresAt > this.now();
          return used ? undefined : link;
        },
      },
    ]);
    return used;
  }
}
