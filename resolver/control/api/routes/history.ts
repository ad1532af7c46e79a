import { createRoute, z } from '@hono/zod-openapi';
import { canUndo, undoOf } from '../../settings/change-history.ts';
import type { ChangeDocument } from '../../settings/documents.ts';
import { type ApiContext, json, resource, tellChange } from '../api-env.ts';
import { authorOf, demand, may, nameOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { time } from '../present/time.ts';
import { notFound, Problem } from '../problem.ts';
import { Id } from '../schemas/common.ts';
import { Change, History, HistoryQuery } from '../schemas/household.ts';

const list = createRoute({
  method: 'get',
  path: '/',
  request: { query: HistoryQuery },
  responses: { 200: json(History, 'Who decided what, newest first.') },
});
const undo = createRoute({
  method: 'post',
  path: '/{id}/undo',
  request: { params: z.object({ id: Id }) },
  responses: { 200: json(Change, 'The change that took it back; it can be undone too.') },
});

export const historyRoutes = (deps: ApiDeps) => {
  const { household } = deps;
  return resource()
    .openapi(list, (c) => {
      const { device, cursor, limit } = c.req.valid('query');
      const caller = c.get('caller');
      demand(c, device === undefined ? may.read(caller) : may.readDevice(caller, device));
      const all = household.all('change').sort((a, b) => (a.id < b.id ? 1 : -1));
      const undoneBy = new Map(all.flatMap(({ id, undoes }) => (undoes === undefined ? [] : [[undoes, id] as const])));
      const wanted = all
        .filter(({ id }) => cursor === undefined || id < cursor)
        .filter((change) => device === undefined || isAbout(change, device));
      const page = wanted.slice(0, limit);
      return c.json(
        {
          changes: page.map((change) => presentChange(change, undoneBy.get(change.id))),
          next: wanted.length > limit ? page.at(-1)!.id : undefined,
        },
        200,
      );
    })
    .openapi(undo, async (c) => {
      const change = household.get('change', c.req.valid('param').id);
      if (!change) throw notFound('change');
      demandUndo(c, change);
      if (household.all('change').some(({ undoes }) => undoes === change.id)) {
        throw new Problem(409, 'This was undone already; undo that undoing to have it back.');
      }
      if (!canUndo(change))
        throw new Problem(409, 'This change can’t be undone; import an export from before it instead.');
      const author = { ...authorOf(c, `Undone: ${change.what}`), undoes: change.id };
      const undone = await household.change(author, undoOf(change));
      if (!undone) throw new Problem(409, 'This has no effect any more, so there is nothing to undo.');
      tellChange(c, undone);
      return c.json(presentChange(undone, undefined), 200);
    });
};

/** A member may take back what was decided from the same phone. */
function demandUndo(c: ApiContext, change: ChangeDocument): void {
  const caller = c.get('caller');
  const isOwn = caller.role === 'member' && change.by === nameOf(caller);
  const needsAdmin = change.documents.some(({ kind }) => kind === 'settings');
  demand(c, isOwn || (needsAdmin ? may.administer(caller) : may.change(caller)));
}

const isAbout = ({ documents }: ChangeDocument, device: string): boolean =>
  documents.some(({ kind, id, before, after }) => {
    if (kind === 'device') return id === device;
    const scope = ((after ?? before) as { scope?: { id?: string } } | undefined)?.scope;
    return kind === 'rule' && scope?.id === device;
  });

const presentChange = ({ id, at, by, from, what, documents }: ChangeDocument, undoneBy: string | undefined) => ({
  id,
  at: time(at),
  by,
  from,
  what,
  documents: documents.map((document) => ({ ...document })),
  undoneBy,
});
