import { createRoute, z } from '@hono/zod-openapi';
import type { DeviceDocument } from '../../settings/documents.ts';
import { type ApiContext, body, json, resource } from '../api-env.ts';
import { demand, may, nameOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { Id } from '../schemas/common.ts';
import { Device, KeepApart, Merge, Split, SplitResult } from '../schemas/devices.ts';
import { mustFind, shown } from './devices.ts';

const params = z.object({ id: Id });

const merge = createRoute({
  method: 'post',
  path: '/{id}/merge',
  request: { params, ...body(Merge) },
  responses: { 200: json(Device, 'The one device they are now.') },
});
const split = createRoute({
  method: 'post',
  path: '/{id}/split',
  request: { params, ...body(Split) },
  responses: { 200: json(SplitResult, 'What is left, and the new device.') },
});

const keepApart = createRoute({
  method: 'post',
  path: '/{id}/keep-apart',
  request: { params, ...body(KeepApart) },
  responses: { 200: json(Device, 'The device, which is not proposed to be that other one again.') },
});

/** Two devices are one, or one is two. */
export const deviceIdentityRoutes = (deps: ApiDeps) =>
  resource()
    .openapi(merge, async (c) => {
      const { id } = c.req.valid('param');
      const wish = c.req.valid('json');
      demand(c, may.change(c.get('caller')));
      const others = 'device' in wish ? [wish.device] : wish.devices;
      for (const one of [id, ...others]) mustFind(deps, one);
      const known = newestChange(deps);
      await deps.devices.merge([id, ...others], nameOf(c.get('caller')));
      tellNewChange(c, deps, id, known);
      return c.json(await shown(deps, id), 200);
    })
    .openapi(split, async (c) => {
      const { id } = c.req.valid('param');
      demand(c, may.change(c.get('caller')));
      mustFind(deps, id);
      const known = newestChange(deps);
      const fresh: DeviceDocument = await deps.devices.split(
        id,
        c.req.valid('json').identifiers,
        nameOf(c.get('caller')),
      );
      tellNewChange(c, deps, id, known);
      return c.json({ device: await shown(deps, id), split: await shown(deps, fresh.id) }, 200);
    })
    .openapi(keepApart, async (c) => {
      const { id } = c.req.valid('param');
      const { device } = c.req.valid('json');
      demand(c, may.change(c.get('caller')));
      for (const one of [id, device]) mustFind(deps, one);
      const known = newestChange(deps);
      await deps.devices.keepApart([id, device], nameOf(c.get('caller')));
      tellNewChange(c, deps, id, known);
      return c.json(await shown(deps, id), 200);
    });

const newestChange = ({ household }: ApiDeps): string =>
  household
    .all('change')
    .map(({ id }) => id)
    .sort()
    .at(-1) ?? '';

/** The devices' own service wrote the change; which one it was, history says. */
function tellNewChange(c: ApiContext, { household }: ApiDeps, device: string, after: string): void {
  const change = household
    .all('change')
    .find(({ id, documents }) => id > after && documents.some((document) => document.id === device));
  if (change) c.header('Quell-Change', change.id);
}
