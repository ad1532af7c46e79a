import type { MiddlewareHandler } from 'hono';
import type { ApiContext, ApiEnv } from './api-env.ts';
import type { ApiDeps } from './deps.ts';
import { Problem } from './problem.ts';

const isBearer = (c: ApiContext) => /^Bearer /i.test(c.req.header('authorization') ?? '');

/**
 * Some other page in a browser of this network could point a name of its own at our address and then
 * speak to us as if it were ours (DNS rebinding). It can't do that with an address or a private name.
 */
export const ownHostOnly =
  ({ hostNames = [] }: Pick<ApiDeps, 'hostNames'>): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const host = (c.req.header('host') ?? new URL(c.req.url).host).toLowerCase();
    const name = host.replace(/:\d+$/, '').replace(/\.$/, '');
    if (!isBearer(c) && !isOwnName(name, hostNames)) {
      throw new Problem(421, `Quell is not known as "${name}"; open it by its address, or add the name to http.names.`);
    }
    await next();
  };

function isOwnName(name: string, known: readonly string[]): boolean {
  const isAddress = name.startsWith('[') || /^[\d.]+$/.test(name);
  const isPrivate = !name.includes('.') || /\.(local|home\.arpa|lan|internal|localhost)$/.test(name);
  return isAddress || isPrivate || known.includes(name);
}

/**
 * A cookie, or the address of a phone, comes along with whatever page makes the browser ask; so writes
 * must come from our own page. Programs send neither header and are known by what they hold.
 */
export const ownPageOnly: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const reading = c.req.method === 'GET' || c.req.method === 'HEAD' || c.req.method === 'OPTIONS';
  if (!reading && !isBearer(c) && !isOwnPage(c)) {
    throw new Problem(403, 'This request came from another site; open Quell’s own page and do it there.');
  }
  await next();
};

function isOwnPage(c: ApiContext): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = c.req.header('origin');
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === (c.req.header('host') ?? new URL(c.req.url).host);
}
