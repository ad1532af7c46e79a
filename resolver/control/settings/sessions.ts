import type { WallMs } from '../../policy/model.ts';
import type { SessionDocument } from './documents.ts';
import type { Household } from './household.ts';
import { digestOf, newSecret } from './secret.ts';

const LIFE = 90 * 24 * 3_600_000;
/** A household's phones and computers; one more and the oldest session makes room. */
const KEPT = 20;

/** Who is logged in. The cookie holds the secret, the store only its digest. */
export class Sessions {
  private readonly household: Household;
  private readonly now: () => WallMs;

  constructor(deps: { household: Household; now: () => WallMs }) {
    this.household = deps.household;
    this.now = deps.now;
  }

  async begin(via: 'password' | 'link'): Promise<{ secret: string; session: SessionDocument }> {
    const secret = newSecret();
    const createdAt = this.now();
    const session: SessionDocument = {
      id: digestOf(secret),
      role: 'owner',
      via,
      createdAt,
      expiresAt: createdAt + LIFE,
    };
    const oldest = this.household.all('session').sort((a, b) => b.createdAt - a.createdAt);
    await this.household.note([
      { kind: 'session', id: session.id, value: session },
      ...oldest.slice(KEPT - 1).map(({ id }) => ({ kind: 'session' as const, id, edit: () => undefined })),
    ]);
    return { secret, session };
  }

  find(secret: string): SessionDocument | undefined {
    const session = this.household.get('session', digestOf(secret));
    return session && session.expiresAt > this.now() ? session : undefined;
  }

  async end(id: string): Promise<void> {
    await this.household.note([{ kind: 'session', id, edit: () => undefined }]);
  }
}
