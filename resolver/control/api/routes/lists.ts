import { createRoute, z } from '@hono/zod-openapi';
import type { ListDocument } from '../../settings/documents.ts';
import { newId } from '../../settings/id.ts';
import { body, json, resource, tellChange } from '../api-env.ts';
import { authorOf, demand, may } from '../caller.ts';
import { checkScope } from '../checks.ts';
import type { ApiDeps } from '../deps.ts';
import { patched } from '../patched.ts';
import { presentList } from '../present/list.ts';
import { badField, notFound, Problem } from '../problem.ts';
import { Id } from '../schemas/common.ts';
import { List, ListPatch, Lists, NewList } from '../schemas/lists.ts';

export type ListDeps = ApiDeps & Required<Pick<ApiDeps, 'lists'>>;

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

export const listRoutes = (deps: ListDeps) => {
  const { household } = deps;
  return resource()
    .openapi(list, (c) => {
      demand(c, may.read(c.get('caller')));
      const statuses = new Map(deps.lists.statuses().map((status) => [status.id, status]));
      const lists = household.all('list').map((document) => presentList(document, statuses.get(document.id)));
      return c.json({ lists }, 200);
    })
    .openapi(read, (c) => {
      demand(c, may.read(c.get('caller')));
      return c.json(shownList(deps, c.req.valid('param').id), 200);
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
      return c.json(shownList(deps, id), 201);
    })
    .openapi(patch, async (c) => {
      demand(c, may.change(c.get('caller')));
      const { id } = c.req.valid('param');
      const wish = c.req.valid('json');
      const before = mustFindList(deps, id);
      if (wish.url !== undefined) checkUrl(wish.url);
      if (wish.scope !== undefined) checkScope(wish.scope, deps);
      const author = authorOf(c, `List changed: ${before.name}`);
      const edit = (current: ListDocument | undefined) => patched(current ?? before, wish);
      tellChange(c, await household.change(author, [{ kind: 'list', id, edit }]));
      return c.json(shownList(deps, id), 200);
    })
    .openapi(remove, async (c) => {
      demand(c, may.change(c.get('caller')));
      const { id } = c.req.valid('param');
      const author = authorOf(c, `List removed: ${mustFindList(deps, id).name}`);
      tellChange(c, await household.change(author, [{ kind: 'list', id, edit: () => undefined }]));
      return c.body(null, 204);
    });
};

export function mustFindList({ household }: ApiDeps, id: string): ListDocument {
  const found = household.get('list', id);
  if (!found) throw notFound('list');
  return found;
}

export const shownList = (deps: ListDeps, id: string) =>
  presentList(
    mustFindList(deps, id),
    deps.lists.statuses().find((status) => status.id === id),
  );

function checkUrl(url: string): void {
  const isFile = /^file:[^/]/.test(url) && !url.slice('file:'.length).split('/').includes('..');
  const isWeb = /^https?:\/\//.test(url) && URL.canParse(url);
  if (isFile || isWeb) return;
  const remedy = 'write https://…, or file:name for a file in the lists folder of the data directory';
  throw badField('url', `"${url}" is no list address; ${remedy}.`);
}

function nameFrom(url: string): string {
  const path = url.replace(/[?#].*$/, '').replace(/\/+$/, '');
  const last = path.slice(path.lastIndexOf('/') + 1).replace(/^file:/, '');
  return (last || url).slice(0, 120);
}
