import { createRoute } from '@hono/zod-openapi';
import { type ApiContext, json, resource } from '../api-env.ts';
import { demand, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { presentAttempt } from '../present/attempt.ts';
import { AttemptQuery, Attempts } from '../schemas/record.ts';

const list = createRoute({
  method: 'get',
  path: '/',
  request: { query: AttemptQuery },
  responses: { 200: json(Attempts, 'Attempts, newest first.') },
});

export const attemptRoutes = (deps: ApiDeps) =>
  resource().openapi(list, async (c) => {
    const query = c.req.valid('query');
    const device = visibleDevice(c, query.device);
    const { attempts, next } = await deps.record.attempts({ ...query, device });
    return c.json({ attempts: attempts.map(presentAttempt), next }, 200);
  });

/** Who may not see all phones sees the own one without having to name it. */
export function visibleDevice(c: ApiContext, asked: string | undefined): string | undefined {
  const caller = c.get('caller');
  const device = asked ?? (caller.role === 'member' ? caller.device : undefined);
  demand(c, device === undefined ? may.read(caller) : may.readDevice(caller, device));
  return device;
}
