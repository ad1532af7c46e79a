import { createRoute, z } from '@hono/zod-openapi';
import { body, json, resource } from '../api-env.ts';
import { demand, may } from '../caller.ts';
import { effectsOf, recordedNames } from '../list-effect.ts';
import { presentVersion } from '../present/list.ts';
import { Id } from '../schemas/common.ts';
import { List, ListDiff, ListVersions, Preview, PreviewIn, Rollback } from '../schemas/lists.ts';
import { type ListDeps, mustFindList, shownList } from './lists.ts';

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

const diff = createRoute({
  method: 'get',
  path: '/{id}/versions/{version}/diff',
  request: { params: params.extend({ version: z.string().max(64) }) },
  responses: { 200: json(ListDiff, 'What using this version instead of the one in use would mean.') },
});

export const listVersionRoutes = (deps: ListDeps) => {
  const { lists } = deps;
  return resource()
    .openapi(preview, async (c) => {
      demand(c, may.change(c.get('caller')));
      const counts = await recordedNames(deps);
      const { scope, ...wish } = c.req.valid('json');
      const found = await lists.texts.preview(wish, [...counts.keys()]);
      const wouldChange = await effectsOf(found.wouldChange, counts, { scope }, deps);
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
    .openapi(diff, async (c) => {
      demand(c, may.read(c.get('caller')));
      const { id, version } = c.req.valid('param');
      const { scope } = mustFindList(deps, id);
      const { added, removed } = await lists.texts.diff(id, version);
      const counts = await recordedNames(deps);
      const changes = await lists.texts.wouldChange(id, version, [...counts.keys()]);
      const wouldChange = await effectsOf(changes, counts, { scope, list: id }, deps);
      const side = ({ count, entries }: typeof added) => ({ count, entries: entries.map((entry) => ({ ...entry })) });
      return c.json({ added: side(added), removed: side(removed), wouldChange }, 200);
    })
    .openapi(versions, (c) => {
      demand(c, may.read(c.get('caller')));
      const { id } = mustFindList(deps, c.req.valid('param').id);
      const live = lists.statuses().find((status) => status.id === id)?.version;
      return c.json({ versions: lists.versions(id).map((kept) => presentVersion(kept, live)) }, 200);
    });
};
