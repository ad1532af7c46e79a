import { createRoute, z } from '@hono/zod-openapi';
import { purposes } from '../../../../lists/purposes.ts';
import type { PurposeChoice as Choice } from '../../../policy/model.ts';
import type { DeviceDocument } from '../../settings/documents.ts';
import { type ApiContext, body, json, resource, tellChange } from '../api-env.ts';
import { authorOf, demand, demandShort, may } from '../caller.ts';
import { checkFuture } from '../checks.ts';
import type { ApiDeps } from '../deps.ts';
import { nameOfDevice } from '../present/device.ts';
import { Id, PurposeName } from '../schemas/common.ts';
import { Device, Pause, PurposeChoice } from '../schemas/devices.ts';
import { writeDevice } from '../written-device.ts';
import { mustFind, shown } from './devices.ts';

const params = z.object({ id: Id });
const answer = { 200: json(Device, 'The device as it is now.') };

const choose = createRoute({
  method: 'put',
  path: '/{id}/purposes/{purpose}',
  request: { params: params.extend({ purpose: PurposeName }), ...body(PurposeChoice) },
  responses: answer,
});
const pause = createRoute({
  method: 'post',
  path: '/{id}/pause',
  request: { params, ...body(Pause) },
  responses: answer,
});
const endPause = createRoute({ method: 'delete', path: '/{id}/pause', request: { params }, responses: answer });

/** What is decided with one tap on a phone's page. */
export const deviceChoiceRoutes = (deps: ApiDeps) =>
  resource()
    .openapi(choose, async (c) => {
      const { id, purpose } = c.req.valid('param');
      const { action, until } = c.req.valid('json');
      demand(c, may.changeDevice(c.get('caller'), id));
      if (until !== undefined) checkFuture(until, deps.now());
      const { title } = purposes.find((known) => known.id === purpose)!;
      const words = { allow: 'allowed', block: 'blocked', inherit: 'left to the preset' }[action];
      await decide(c, deps, id, `${title} ${words}`, (device) => {
        const { [purpose]: _, ...others } = device.purposes;
        if (action === 'inherit') return { ...device, purposes: others };
        const choice: Choice = { action, ...(until !== undefined && { until }) };
        return { ...device, purposes: { ...others, [purpose]: choice } };
      });
      return c.json(await shown(deps, id), 200);
    })
    .openapi(pause, async (c) => {
      const { id } = c.req.valid('param');
      const { minutes } = c.req.valid('json');
      demand(c, may.changeForAWhile(c.get('caller'), id));
      demandShort(c, id, minutes);
      const pausedUntil = deps.now() + minutes * 60_000;
      await decide(c, deps, id, `Paused for ${minutes} minutes`, (device) => ({ ...device, pausedUntil }));
      return c.json(await shown(deps, id), 200);
    })
    .openapi(endPause, async (c) => {
      const { id } = c.req.valid('param');
      demand(c, may.changeForAWhile(c.get('caller'), id));
      await decide(c, deps, id, 'Pause ended', ({ pausedUntil: _, ...device }) => device);
      return c.json(await shown(deps, id), 200);
    });

async function decide(
  c: ApiContext,
  deps: ApiDeps,
  id: string,
  what: string,
  edit: (device: DeviceDocument) => DeviceDocument,
): Promise<void> {
  const device = mustFind(deps, id);
  await writeDevice(id, deps);
  const author = authorOf(c, `${nameOfDevice(device)}: ${what}`);
  const change = await deps.household.change(author, [
    { kind: 'device', id, edit: (before) => before && edit(before) },
  ]);
  tellChange(c, change);
}
