import { createRoute, z } from '@hono/zod-openapi';
import { StoreAway } from '../../store/store.ts';
import { body, json, resource } from '../api-env.ts';
import { demand, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { presentVersion } from '../present/list.ts';
import { Id } from '../schemas/common.ts';
import { List, ListVersions, Preview, PreviewIn, Rollback } from '../schemas/lists.ts';
import { type ListDeps, mustFindList, shownList } from './lists.ts';

const WEEK = 7 * 24 * 3_600_000;
const NAMES_LOOKED_AT = 5000;

const params = z.object({ id: Id });
const theList = json(List, 'The list as it is now.');

const preview = createRoute({
  method: 'post',
  path: '/preview',
  request: body(PreviewIn),
  responses: { 200: json(Preview, 'What subscribing would mean.') },
});
const refresh = createRoute({
  method: 'post',
  path: '/{id}/refresh',
  request: { params },
  responses: { 200: theList },
});
const rollback = createRoute({
  method: 'post',
  path: '/{id}/rollback',
  request: { params, ...body(Rollback) },
  responses: { 200: theList },
});
const apply = createRoute({
  method: 'post',
  path: '/{id}/apply',
  request: { params },
  responses: { 200: json(List, 'The version that was held back is in use now.') },
});
const versions = createRoute({
  method: 'get',
  path: '/{id}/versions',
  request: { params },
  responses: { 200: json(ListVersions, 'Kept versions, newest first.') },
});

export const listVersionRoutes = (deps: ListDeps) => {
  const { lists } = deps;
  return resource()
    .openapi(preview, async (c) => {
      demand(c, may.change(c.get('caller')));
      const counts = await recordedNames(deps);
      const found = await lists.preview(c.req.valid('json'), [...counts.keys()]);
      const wouldChange = found.wouldChange
        .map(({ name, after }) => ({ domain: name, count: counts.get(name) ?? 0, to: after }))
        .sort((a, b) => b.count - a.count);
      const { format, entries, skipped, problems, sample, blocks, held } = found;
      return c.json(
        {
          format,
          entries: { block: entries.block, allow: entries.allow },
          skipped,
          problems: problems.map((problem) => ({ ...problem })),
          sample: [...sample],
          blocks: [...blocks],
          held,
          wouldChange,
        },
        200,
      );
    })
    .openapi(refresh, async (c) => {
      demand(c, may.change(c.get('caller')));
      const { id } = mustFindList(deps, c.req.valid('param').id);
      await lists.refresh(id);
      return c.json(shownList(deps, id), 200);
    })
    .openapi(rollback, async (c) => {
      demand(c, may.change(c.get('caller')));
      const { id } = mustFindList(deps, c.req.valid('param').id);
      await lists.rollback(id, c.req.valid('json').version);
      return c.json(shownList(deps, id), 200);
    })
    .openapi(apply, async (c) => {
      demand(c, may.change(c.get('caller')));
      const { id } = mustFindList(deps, c.req.valid('param').id);
      await lists.applyHeldBack(id);
      return c.json(shownList(deps, id), 200);
    })
    .openapi(versions, (c) => {
      demand(c, may.read(c.get('caller')));
      const { id } = mustFindList(deps, c.req.valid('param').id);
      const live = lists.statuses().find((status) => status.id === id)?.version;
      return c.json({ versions: lists.versions(id).map((kept) => presentVersion(kept, live)) }, 200);
    });
};

/** A preview is worth having without the record, when that is away. */
async function recordedNames({ record, now }: ApiDeps): Promise<Map<string, number>> {
  try {
    const to = now() + 1;
    const { buckets } = await record.summary({ by: 'domain', from: to - WEEK, to, limit: NAMES_LOOKED_AT });
    return new Map(buckets.map(({ key, blocked, allowed }) => [String(key), blocked + allowed]));
  } catch (error) {
    if (error instanceof StoreAway) return new Map();
    throw error;
  }
}
