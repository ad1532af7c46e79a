import type { WallMs } from '../../policy/model.ts';
import { OwnerAccount } from './account.ts';
import { Guard } from './guard.ts';
import type { Household } from './household.ts';
import { Links } from './links.ts';
import { Sessions } from './sessions.ts';
import { Tokens } from './tokens.ts';

/** All the ways in. */
export interface Access {
  readonly account: OwnerAccount;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly links: Links;
  readonly guard: Guard;
}

/**
 * @param deps.monotonic milliseconds that never jump
 * @param deps.localToken lets the command line in, see `Tokens`
 */
export const accessTo = (deps: {
  readonly household: Household;
  readonly now: () => WallMs;
  readonly monotonic: () => number;
  readonly localToken?: string;
}): Access => ({
  account: new OwnerAccount(deps),
  sessions: new Sessions(deps),
  tokens: new Tokens(deps),
  links: new Links(deps),
  guard: new Guard(deps),
});
