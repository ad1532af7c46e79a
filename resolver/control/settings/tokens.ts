import type { WallMs } from '../../policy/model.ts';
import type { TokenDocument } from './documents.ts';
import type { Author } from './edit.ts';
import type { Household } from './household.ts';
import { digestOf, newSecret } from './secret.ts';

/** `lastUsed` is a hint for tidying up, not worth a write per request. */
const USE_NOTED_EVERY = 3_600_000;

/** Tokens for programs: named, scoped, shown once, revocable. */
export class Tokens {
  private readonly household: Household;
  private readonly now: () => WallMs;
  private readonly localDigest: string | undefined;

  constructor(deps: { household: Household; now: () => WallMs; localToken?: string }) {
    this.household = deps.household;
    this.now = deps.now;
    this.localDigest = deps.localToken === undefined ? undefined : digestOf(deps.localToken);
  }

  async create(
    author: Author,
    wish: Pick<TokenDocument, 'name' | 'scopes' | 'expiresAt'>,
  ): Promise<{ secret: string; token: TokenDocument; change: string | undefined }> {
    const secret = newSecret('quell_');
    const token: TokenDocument = { id: digestOf(secret), ...wish, createdAt: this.now() };
    const change = await this.household.change(author, [{ kind: 'token', id: token.id, value: token }]);
    return { secret, token, change: change?.id };
  }

  find(secret: string): TokenDocument | undefined {
    if (digestOf(secret) === this.localDigest) return { id: '', name: 'command line', scopes: ['admin'], createdAt: 0 };
    const token = this.household.get('token', digestOf(secret));
    if (!token || (token.expiresAt !== undefined && token.expiresAt <= this.now())) return undefined;
    if ((token.lastUsed ?? 0) + USE_NOTED_EVERY < this.now()) this.noteUse(token.id);
    return token;
  }

  private noteUse(id: string): void {
    const lastUsed = this.now();
    const edit = (token: TokenDocument | undefined) => token && { ...token, lastUsed };
    // A store that is away costs the hint, not the request.
    this.household.note([{ kind: 'token', id, edit }]).catch(() => {});
  }
}
