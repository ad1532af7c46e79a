import { createRoute, z } from '@hono/zod-openapi';
import { json, resource } from '../api-env.ts';
import { demand, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { time } from '../present/time.ts';
import { Id } from '../schemas/common.ts';
import { Broke } from '../schemas/devices.ts';
import { suspects } from '../suspects.ts';
import { mustFind } from './devices.ts';

const LOOK_BACK = 2 * 60_000;
/** Before it: what is usual on this phone. */
const USUAL = 24 * 3_600_000;

const broke = createRoute({
  method: 'post',
  path: '/{id}/broke',
  request: { params: z.object({ id: Id }) },
  responses: { 200: json(Broke, 'What was blocked in the last two minutes, likeliest culprit first.') },
});

/** Something broke on this phone just now: what could it be? */
export const deviceBrokeRoutes = (deps: ApiDeps) =>
  resource().openapi(broke, async (c) => {
    const { id } = c.req.valid('param');
    demand(c, may.readDevice(c.get('caller'), id));
    mustFind(deps, id);
    const to = deps.now();
    const from = to - LOOK_BACK;
    const filter = { device: id, outcome: 'blocked' as const, limit: 1000 };
    const [recent, usual] = await Promise.all([
      deps.record.attempts({ ...filter, from, to: to + 1 }),
      deps.record.attempts({ ...filter, from: from - USUAL, to: from }),
    ]);
    const found = suspects({ recent: recent.attempts, usual: usual.attempts, packs: deps.packs });
    return c.json(
      {
        device: id,
        from: time(from),
        to: time(to),
        suspects: found.map(({ firstAt, lastAt, score: _, ...suspect }) => ({
          ...suspect,
          firstAt: time(firstAt),
          lastAt: time(lastAt),
        })),
      },
      200,
    );
  });
