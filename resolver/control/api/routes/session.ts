import { createRoute } from '@hono/zod-openapi';
import { deleteCookie, setCookie } from 'hono/cookie';
import { type ApiContext, body, json, resource } from '../api-env.ts';
import { callerOf, demand, SESSION_COOKIE } from '../caller.ts';
import { isSecure } from '../client-address.ts';
import type { ApiDeps } from '../deps.ts';
import { time } from '../present/time.ts';
import { Problem } from '../problem.ts';
import { LogIn, PasswordChange, Session, SetUp } from '../schemas/session.ts';

const WRONG_LINK = 'This link has expired or was used before; get a new one with "quell login-link".';

const read = createRoute({ method: 'get', path: '/', responses: { 200: json(Session, 'Who is asking.') } });
const logIn = createRoute({
  method: 'post',
  path: '/',
  request: body(LogIn),
  responses: { 200: json(Session, 'Logged in; the session is in the cookie.') },
});
const logOut = createRoute({ method: 'delete', path: '/', responses: { 204: { description: 'Logged out.' } } });
const changePassword = createRoute({
  method: 'put',
  path: '/password',
  request: body(PasswordChange),
  responses: { 204: { description: 'Changed; all other sessions have ended.' } },
});
const setUp = createRoute({
  method: 'post',
  path: '/',
  request: body(SetUp),
  responses: { 200: json(Session, 'The password is set, and its owner logged in.') },
});

export const sessionRoutes = (deps: ApiDeps) => {
  const { account, sessions, links } = deps.access;
  return resource()
    .openapi(read, (c) => c.json(presentCaller(c, deps), 200))
    .openapi(logIn, async (c) => {
      const wish = c.req.valid('json');
      if ('link' in wish) {
        if (!(await links.use(wish.link, 'log-in'))) throw new Problem(401, WRONG_LINK);
        await begin(c, deps, 'link');
      } else {
        if (!account.isSetUp)
          throw new Problem(409, 'No password is set yet; open the set-up link that Quell printed at its start.');
        await guarded(c, deps, () => account.knows(wish.password));
        await begin(c, deps, 'password');
      }
      return c.json(presentCaller(c, deps), 200);
    })
    .openapi(logOut, async (c) => {
      const caller = c.get('caller');
      if (caller.role === 'owner') await sessions.end(caller.session.id);
      deleteCookie(c, SESSION_COOKIE, { path: '/' });
      return c.body(null, 204);
    })
    .openapi(changePassword, async (c) => {
      const caller = c.get('caller');
      demand(c, caller.role === 'owner');
      if (caller.role !== 'owner') throw new Problem(401, 'Log in as the owner first.');
      const { current, password } = c.req.valid('json');
      const knownByLink = caller.session.via === 'link' && current === undefined;
      if (!knownByLink) await guarded(c, deps, () => account.knows(current ?? ''));
      await account.setPassword(password, caller.session.id);
      return c.body(null, 204);
    });
};

export const setUpRoutes = (deps: ApiDeps) =>
  resource().openapi(setUp, async (c) => {
    const { token, password } = c.req.valid('json');
    const { account, links } = deps.access;
    if (account.isSetUp) throw new Problem(409, 'Quell is set up already; log in with the owner’s password.');
    if (!(await links.use(token, 'set-up'))) {
      throw new Problem(401, 'This set-up link has expired or was used before; restart Quell to get a new one.');
    }
    if (!(await account.setFirstPassword(password))) {
      throw new Problem(409, 'Somebody else just set Quell up; log in with the owner’s password.');
    }
    await begin(c, deps, 'password');
    return c.json(presentCaller(c, deps), 200);
  });

/** Counted as failed before it is tried, so that a hundred guesses at once are a hundred guesses. */
async function guarded(c: ApiContext, { access, log }: ApiDeps, isRight: () => Promise<boolean>): Promise<void> {
  const { address } = c.get('caller');
  const wait = Math.ceil(access.guard.wait(address) / 1000);
  if (wait > 0) {
    const detail = `Too many wrong passwords from here; try again in ${wait} ${wait === 1 ? 'second' : 'seconds'}.`;
    throw new Problem(429, detail, { retryAfter: wait });
  }
  access.guard.failed(address);
  if (!(await isRight())) {
    log.warn('A wrong owner password was given');
    throw new Problem(
      401,
      'The password is wrong; try again, or get in with "quell login-link" on the machine that runs Quell.',
    );
  }
  access.guard.succeeded(address);
}

async function begin(c: ApiContext, deps: ApiDeps, via: 'password' | 'link'): Promise<void> {
  const { secret, session } = await deps.access.sessions.begin(via);
  const { address, device } = c.get('caller');
  setCookie(c, SESSION_COOKIE, secret, {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    secure: isSecure(c, deps.trustedProxies ?? []),
    expires: new Date(session.expiresAt),
  });
  c.set('caller', { role: 'owner', session, address, device });
}

function presentCaller(c: ApiContext, deps: ApiDeps) {
  const caller = c.get('caller') ?? callerOf(c, deps);
  return {
    role: caller.role,
    setUp: deps.access.account.isSetUp,
    device: caller.device,
    ...(caller.role === 'token' && { scopes: [...caller.scopes] }),
    ...(caller.role === 'owner' && { expiresAt: time(caller.session.expiresAt) }),
  };
}
