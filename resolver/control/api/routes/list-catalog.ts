import { createRoute } from '@hono/zod-openapi';
import { knownLists } from '../../../../lists/catalog.ts';
import { json, resource } from '../api-env.ts';
import { demand, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { Catalog } from '../schemas/lists.ts';

const catalog = createRoute({
  method: 'get',
  path: '/catalog',
  responses: { 200: json(Catalog, 'Published lists worth subscribing to, gentle ones first.') },
});

/** Lists that one tap subscribes to: its address, name and kind are what POST /lists wants. */
export const listCatalogRoutes = ({ household }: ApiDeps) =>
  resource().openapi(catalog, (c) => {
    demand(c, may.read(c.get('caller')));
    const subscribed = new Map(household.all('list').map(({ url, id }) => [url, id]));
    return c.json({ lists: knownLists.map((list) => ({ ...list, subscribed: subscribed.get(list.url) })) }, 200);
  });
