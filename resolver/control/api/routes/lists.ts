import { createRoute, z } from '@hono/zod-openapi';
import type { ListDocument } from '../../settings/documents.ts';
import { newId } from '../../settings/id.ts';
import { body, json, resource, tellChange } from '../api-env.ts';
import { authorOf, demand, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { ListFacts, ListService } from '../list-service.ts';
import { patched } from '../patched.ts';
import { time, timeOr } from '../present/time.ts';
import { badField, notFound, Problem } from '../problem.ts';
import { Id } from '../schemas/common.ts';
import { List, ListPatch, Lists, ListVersions, NewList, Preview, PreviewIn, Rollback } from '../schemas/lists.ts';

const params = z.object({ id: Id });
const theList = json(List, 'The list as it is now.');

const list = createRoute({ method: 'get', path: '/', responses: { 200: json(Lists, 'The subscribed lists.') } });
const read = createRoute({ method: 'get', path: '/{id}', request: { params }, responses: { 200: theList } });
const subscribe = createRoute({
  method: 'post',
  path: '/',
  request: body(NewList),
  responses: { 201: json(List, 'Subscribed; it is fetched now and decides as soon as it passed the checks.') },
});
const patch = createRoute({
  method: 'patch',
  path: '/{id}',
  request: { params, ...body(ListPatch) },
  responses: { 200: theList },
});
const remove = createRoute({
  method: 'delete',
  path: '/{id}',
  request: { params },
  responses: { 204: { description: 'Not subscribed any more.' } },
});
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
const versions = createRoute({
  method: 'get',
  path: '/{id}/versions',
  request: { params },
  responses: { 200: json(ListVersions, 'Kept versions, newest first.') },
});

export const listRoutes = (deps: ApiDeps & { readonly lists: ListService }) => {
  const { household, lists } = deps;
  const present = (document: ListDocument) => presentList(document, lists.status(document.id));
  const mustFind = (id: string): ListDocument => {
    const found = household.get('list', id);
    if (!found) throw notFound('list');
    return found;
  };
  return resource()
    .openapi(list, (c) => {
      demand(c, may.read(c.get('caller')));
      return c.json({ lists: household.all('list').map(present) }, 200);
    })
    .openapi(preview, async (c) => {
      demand(c, may.change(c.get('caller')));
      const facts = await lists.preview(c.req.valid('json'));
      return c.json(structuredClone(facts) as z.input<typeof Preview>, 200);
    })
    .openapi(read, (c) => {
      demand(c, may.read(c.get('caller')));
      return c.json(present(mustFind(c.req.valid('param').id)), 200);
    })
    .openapi(subscribe, async (c) => {
      demand(c, may.change(c.get('caller')));
      const wish = c.req.valid('json');
      checkUrl(wish.url);
      checkScope(wish.scope, deps);
      const known = household.all('list').find(({ url }) => url === wish.url);
      if (known) throw new Problem(409, `This list is subscribed already, as "${known.name}"; change that one.`);
      const id = newId('l');
      const document: ListDocument = { id, ...wish, name: wish.name ?? nameFrom(wish.url) };
      const author = authorOf(c, `List subscribed: ${document.name}`);
      tellChange(c, await household.change(author, [{ kind: 'list', id, value: document }]));
      return c.json(present(document), 201);
    })
    .openapi(patch, async (c) => {
      demand(c, may.change(c.get('caller')));
      const { id } = c.req.valid('param');
      const wish = c.req.valid('json');
      const before = mustFind(id);
      if (wish.url !== undefined) checkUrl(wish.url);
      if (wish.scope !== undefined) checkScope(wish.scope, deps);
      const author = authorOf(c, `List changed: ${before.name}`);
      const edit = (current: ListDocument | undefined) => patched(current ?? before, wish);
      tellChange(c, await household.change(author, [{ kind: 'list', id, edit }]));
      return c.json(present(mustFind(id)), 200);
    })
    .openapi(remove, async (c) => {
      demand(c, may.change(c.get('caller')));
      const { id } = c.req.valid('param');
      const author = authorOf(c, `List removed: ${mustFind(id).name}`);
      tellChange(c, await household.change(author, [{ kind: 'list', id, edit: () => undefined }]));
      return c.body(null, 204);
    })
    .openapi(refresh, async (c) => {
      demand(c, may.change(c.get('caller')));
      const document = mustFind(c.req.valid('param').id);
      await lists.refresh(document.id);
      return c.json(present(document), 200);
    })
    .openapi(rollback, async (c) => {
      demand(c, may.change(c.get('caller')));
      const { id } = mustFind(c.req.valid('param').id);
      await lists.rollback(id, c.req.valid('json').version);
      return c.json(present(mustFind(id)), 200);
    })
    .openapi(versions, async (c) => {
      demand(c, may.read(c.get('caller')));
      const { id } = mustFind(c.req.valid('param').id);
      const kept = await lists.versions(id);
      return c.json({ versions: kept.map((one) => ({ ...one, fetchedAt: time(one.fetchedAt) })) }, 200);
    });
};

const presentList = ({ scope, ...document }: ListDocument, status: ListFacts): z.input<typeof List> => ({
  ...document,
  scope: scope.kind === 'everyone' ? { kind: 'everyone' } : { kind: scope.kind, id: scope.id },
  status: {
    ...status,
    checkedAt: timeOr(status.checkedAt),
    changedAt: timeOr(status.changedAt),
    nextAt: timeOr(status.nextAt),
    problems: status.problems?.map((problem) => ({ ...problem })),
  },
});

function checkUrl(url: string): void {
  const isFile = /^file:[^/]/.test(url) && !url.split('/').includes('..');
  const isWeb = /^https?:\/\//.test(url) && URL.canParse(url);
  if (!isFile && !isWeb) {
    throw badField(
      'url',
      `"${url}" is no list address; write https://…, or file:name for a file in the data directory's lists folder.`,
    );
  }
}

function checkScope({ kind, id }: ListDocument['scope'], { household, devices }: ApiDeps): void {
  const exists =
    kind === 'everyone' ||
    (kind === 'group' ? household.get('group', id) : (devices.get(id) ?? household.get('device', id)));
  if (!exists) throw badField('scope.id', `There is no ${kind} "${id}"; take an id from GET /${kind}s.`);
}

function nameFrom(url: string): string {
  const path = url.replace(/[?#].*$/, '').replace(/\/$/, '');
  return (
    decodeURIComponent(path.slice(path.lastIndexOf('/') + 1).replace(/^file:/, '')).slice(0, 120) || url.slice(0, 120)
  );
}
