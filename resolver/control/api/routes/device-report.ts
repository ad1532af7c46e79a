import { createRoute, z } from '@hono/zod-openapi';
import { deviceReport } from '../../record/report.ts';
import { lastObserved } from '../../settings/observed.ts';
import { json, resource } from '../api-env.ts';
import { demand, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { nameOfDevice } from '../present/device.ts';
import { startOfDay, time } from '../present/time.ts';
import { weekOf } from '../present/week.ts';
import { badField } from '../problem.ts';
import { Id } from '../schemas/common.ts';
import { Report, ReportQuery, Timeline, TimelineQuery } from '../schemas/report.ts';
import { mustFind } from './devices.ts';

const DAY = 24 * 3_600_000;
const params = z.object({ id: Id });

const timeline = createRoute({
  method: 'get',
  path: '/{id}/timeline',
  request: { params, query: TimelineQuery },
  responses: { 200: json(Timeline, 'What each purpose came to in each hour or day.') },
});
const report = createRoute({
  method: 'get',
  path: '/{id}/report',
  request: { params, query: ReportQuery },
  responses: { 200: json(Report, 'A week of one device: what it tried, what was let through, what is new.') },
});

export const deviceReportRoutes = (deps: ApiDeps) =>
  resource()
    .openapi(timeline, async (c) => {
      const { id } = c.req.valid('param');
      const { step, ...asked } = c.req.valid('query');
      demand(c, may.readDevice(c.get('caller'), id));
      mustFind(deps, id);
      const to = asked.to ?? deps.now();
      const from = asked.from ?? to - DAY;
      if (from >= to) throw badField('from', 'from must be before to.');
      const { zone } = deps.household.settings();
      // `to` itself is not included, but what happened just now is wanted.
      const cells = await deps.record.timeline({ device: id, from, to: asked.to ?? to + 1, step, zone });
      const shown = cells.map(({ at, purpose, blocked, allowed }) => ({ at: time(at), purpose, blocked, allowed }));
      return c.json({ from: time(from), to: time(to), cells: shown }, 200);
    })
    .openapi(report, async (c) => {
      const { id } = c.req.valid('param');
      demand(c, may.readDevice(c.get('caller'), id));
      const device = mustFind(deps, id);
      const { zone } = deps.household.settings();
      const now = deps.now();
      const { week } = c.req.valid('query');
      const span = week ? weekOf(week, zone) : { from: startOfDay(now - 6 * DAY, zone), to: now + 1 };
      const observed = lastObserved(deps.household, device, now);
      const { baseline, ...found } = await deviceReport(deps.record, { device: id, span, zone, observed });
      return c.json(
        {
          ...found,
          device: id,
          name: nameOfDevice(device),
          firstSeen: time(device.firstSeen),
          from: time(span.from),
          to: time(span.to),
          purposes: [...found.purposes],
          domains: [...found.domains],
          letThrough: [...found.letThrough],
          newDomains: found.newDomains.map(({ domain, firstSeen }) => ({ domain, firstSeen: time(firstSeen) })),
          ...(baseline && { baseline: { ...baseline, from: time(baseline.from), to: time(baseline.to) } }),
        },
        200,
      );
    });
