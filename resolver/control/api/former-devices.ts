import type { MiddlewareHandler } from 'hono';
import { FormerIds } from '../former-ids.ts';
import type { ApiEnv } from './api-env.ts';
import type { ApiDeps } from './deps.ts';

/** Who knows a device by an id that it had before it became another one is sent on, with all that was asked for. */
export function followDevices({ devices, household }: ApiDeps): MiddlewareHandler<ApiEnv> {
  const formerIds = new FormerIds(household);
  return async (c, next) => {
    const id = c.req.param('id');
    const today = id === undefined || c.get('caller').role === 'nobody' ? id : formerIds.today(id);
    if (id === undefined || today === undefined || today === id || devices.get(id)) return next();
    const [, rest] = /\/devices\/[^/]+(.*)$/.exec(c.req.path)!;
    const { search } = new URL(c.req.url);
    // Relative to what was asked: a proxy in front may have put a path before ours.
    const up = '../'.repeat(rest.split('/').length - 1);
    return c.body(null, 308, { Location: `${up}${encodeURIComponent(today)}${rest}${search}` });
  };
}
