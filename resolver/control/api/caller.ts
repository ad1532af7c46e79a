import type { MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import type { DeviceDocument, SessionDocument } from '../settings/documents.ts';
import type { Author } from '../settings/edit.ts';
import { isUndecided } from '../settings/policy-snapshot.ts';
import type { ApiContext, ApiEnv } from './api-env.ts';
import { clientAddress } from './client-address.ts';
import type { ApiDeps } from './deps.ts';
import { Problem } from './problem.ts';

export const SESSION_COOKIE = 'quell_session';

/** Who asks. A member is whoever uses a known phone of the household. */
export type Caller = {
  readonly address: string;
  /** The phone the request comes from, when it is known. */
  readonly device?: string;
} & (
  | { readonly role: 'owner'; readonly session: SessionDocument }
  | { readonly role: 'token'; readonly name: string; readonly scopes: readonly string[] }
  | { readonly role: 'member'; readonly device: string }
  | { readonly role: 'nobody' }
);

/** Members may decide for their own phone for at most this long. */
export const MEMBER_MINUTES = 60;

export function callerOf(c: ApiContext, deps: ApiDeps): Caller {
  const address = clientAddress(c, deps.trustedProxies ?? []);
  const device = ownDevice(deps, address);
  const bearer = c.req.header('authorization')?.match(/^Bearer +(\S+)$/i)?.[1];
  if (bearer !== undefined) {
    const token = deps.access.tokens.find(bearer);
    if (!token) throw new Problem(401, 'This token is unknown, revoked or expired; create a new one under Settings.');
    return { role: 'token', name: token.name, scopes: token.scopes, address, device };
  }
  const cookie = getCookie(c, SESSION_COOKIE);
  const session = cookie === undefined ? undefined : deps.access.sessions.find(cookie);
  if (session) return { role: 'owner', session, address, device };
  if (device === undefined || isHeld(deps, device)) return { role: 'nobody', address, device };
  return { role: 'member', address, device };
}

/** Whoever brought a device that waits for the household's decision does not make it. */
const isHeld = ({ household }: ApiDeps, id: string): boolean =>
  household.settings().unknownDevices === 'hold' && isUndecided(household.get('device', id), household.settings());

/** A router speaks for many, so whoever comes through it is nobody's phone. */
function ownDevice(deps: ApiDeps, address: string): string | undefined {
  const id = deps.devices.behind(address);
  const device: DeviceDocument | undefined = id === undefined ? undefined : deps.devices.get(id);
  return device && device.kind !== 'router' ? id : undefined;
}

export const knowCaller =
  (deps: ApiDeps): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    c.set('caller', callerOf(c, deps));
    await next();
  };

const has = (caller: Caller, ...scopes: readonly string[]): boolean =>
  caller.role === 'owner' || (caller.role === 'token' && caller.scopes.some((scope) => scopes.includes(scope)));

export const may = {
  read: (caller: Caller) => has(caller, 'read', 'policy', 'admin'),
  /** Numbers about Quell itself. */
  watch: (caller: Caller) => has(caller, 'metrics', 'read', 'policy', 'admin'),
  change: (caller: Caller) => has(caller, 'policy', 'admin'),
  administer: (caller: Caller) => has(caller, 'admin'),
  readDevice: (caller: Caller, id: string) =>
    has(caller, 'read', 'policy', 'admin', `device:${id}`) || isMemberOf(caller, id),
  changeDevice: (caller: Caller, id: string) => has(caller, 'policy', 'admin', `device:${id}`),
  /** Ends by itself, like a pause. */
  changeForAWhile: (caller: Caller, id: string) => may.changeDevice(caller, id) || isMemberOf(caller, id),
};

const isMemberOf = (caller: Caller, id: string) => caller.role === 'member' && caller.device === id;

/** @throws Problem 401 for somebody who could log in, 403 for somebody who did */
export function demand(c: ApiContext, allowed: boolean): void {
  if (allowed) return;
  const { role } = c.get('caller');
  if (role === 'token') throw new Problem(403, 'This token lacks the scope for that; create one with more scopes.');
  if (role === 'member')
    throw new Problem(403, 'From this phone you see and change only this phone; log in as the owner for more.');
  throw new Problem(401, 'Log in as the owner first.');
}

/** A member's decision that lasts longer than members may decide for. */
export function demandShort(c: ApiContext, id: string, minutes: number): void {
  if (may.changeDevice(c.get('caller'), id) || minutes <= MEMBER_MINUTES) return;
  throw new Problem(
    403,
    `From this phone you can decide for at most ${MEMBER_MINUTES} minutes; ask the owner for longer.`,
  );
}

export function authorOf(c: ApiContext, what: string): Author {
  const caller = c.get('caller');
  return { by: nameOf(caller), from: caller.address, what };
}

export function nameOf(caller: Caller): string {
  if (caller.role === 'token') return `token:${caller.name}`;
  return caller.role === 'member' ? `member:${caller.device}` : caller.role;
}
