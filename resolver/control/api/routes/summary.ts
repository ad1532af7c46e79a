import { createRoute } from '@hono/zod-openapi';
import { json, resource } from '../api-env.ts';
import type { ApiDeps } from '../deps.ts';
import { time } from '../present/time.ts';
import { badField } from '../problem.ts';
import { Summary, SummaryQuery } from '../schemas/record.ts';
import { visibleDevice } from './attempts.ts';

const DAY = 24 * 3_600_000;

const summary = createRoute({
  method: 'get',
  path: '/',
  request: { query: SummaryQuery },
  responses: { 200: json(Summary, 'Counts of a time; without from and to, of the last 24 hours.') },
});

export const summaryRoutes = (deps: ApiDeps) =>
  resource().openapi(summary, async (c) => {
    const { by, limit, ...query } = c.req.valid('query');
    const device = visibleDevice(c, query.device);
    const to = query.to ?? deps.now();
    const from = query.from ?? to - DAY;
    if (from >= to) throw badField('from', 'from must be before to.');
    const zone = deps.household.settings().zone;
    // `to` itself is not included, but what happened just now is wanted.
    const end = query.to ?? to + 1;
    const most = by === 'hour' || by === 'day' ? undefined : limit;
    const { totals, buckets } = await deps.record.summary({ device, from, to: end, by, zone, limit: most });
    const presented = buckets.map(({ key, blocked, allowed, counted }) => ({
      key: typeof key === 'number' ? time(key) : key,
      blocked,
      allowed,
      counted,
    }));
    return c.json({ from: time(from), to: time(to), totals, buckets: presented }, 200);
  });
