import { createRoute, z } from '@hono/zod-openapi';
import { noteForgotten } from '../../record/forgotten.ts';
import { recordedAs } from '../../record-of-devices.ts';
import type { DeviceDocument } from '../../settings/documents.ts';
import type { Edit } from '../../settings/edit.ts';
import { body, json, resource, tellChange } from '../api-env.ts';
import { authorOf, demand, may, nameOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { patched } from '../patched.ts';
import { dotNameOf, nameOfDevice, presentDevice } from '../present/device.ts';
import { today } from '../present/today.ts';
import { badField, notFound } from '../problem.ts';
import { Id } from '../schemas/common.ts';
import { Device, DevicePatch, Devices } from '../schemas/devices.ts';
import { writeDevice } from '../written-device.ts';

const params = z.object({ id: Id });
const DAY = 24 * 3_600_000;
const LONGEST_FULL_RECORDING = 30 * DAY;

const list = createRoute({
  method: 'get',
  path: '/',
  responses: { 200: json(Devices, 'All devices; a member or a device token sees its own.') },
});
const read = createRoute({
  method: 'get',
  path: '/{id}',
  request: { params },
  responses: {
    200: json(Device, 'The device.'),
    308: { description: 'It became part of another device, which `Location` leads to; so for all below it.' },
  },
});
const patch = createRoute({
  method: 'patch',
  path: '/{id}',
  request: { params, ...body(DevicePatch) },
  responses: { 200: json(Device, 'The device as it is now.') },
});
const forget = createRoute({
  method: 'delete',
  path: '/{id}',
  request: { params },
  responses: {
    204: { description: 'The device, its rules and its record are gone; if it asks again, it is a new one.' },
  },
});

export const deviceRoutes = (deps: ApiDeps) => {
  const { household, now } = deps;
  return resource()
    .openapi(list, async (c) => {
      const caller = c.get('caller');
      demand(c, caller.role !== 'nobody');
      const visible = deps.devices.list().filter(({ id }) => may.readDevice(caller, id));
      const totals = await today(deps);
      const spokesmen = new Map(deps.spokesmen?.().map((spokesman) => [spokesman.device, spokesman]));
      const devices = visible.map((device) =>
        presentDevice(device, { today: totals?.of(device.id), spokesman: spokesmen.get(device.id) }, deps),
      );
      const proposals = may.read(caller) ? deps.devices.proposals() : [];
      return c.json({ devices, proposals }, 200);
    })
    .openapi(read, async (c) => {
      const { id } = c.req.valid('param');
      demand(c, may.readDevice(c.get('caller'), id));
      return c.json(await shown(deps, id), 200);
    })
    .openapi(patch, async (c) => {
      const { id } = c.req.valid('param');
      demand(c, may.changeDevice(c.get('caller'), id));
      const device = mustFind(deps, id);
      const { dotName, ...wish } = c.req.valid('json');
      checkPatch(wish, deps);
      await writeDevice(id, deps);
      if (dotName !== undefined) await goBy(dotName, device, deps, nameOf(c.get('caller')));
      const endsRecording = wish.recording !== undefined && wish.recording !== 'everything';
      const edit = (before: DeviceDocument | undefined) =>
        before && patched(before, endsRecording ? { ...wish, recordingUntil: null } : wish);
      const what = `${nameOfDevice(device)}: ${Object.keys(wish).join(', ') || 'nothing'} changed`;
      tellChange(c, await household.change(authorOf(c, what), [{ kind: 'device', id, edit }]));
      return c.json(await shown(deps, id), 200);
    })
    .openapi(forget, async (c) => {
      const { id } = c.req.valid('param');
      demand(c, may.change(c.get('caller')));
      const ids = new Set(recordedAs(id, mustFind(deps, id)));
      const rules = household.all('rule').filter(({ scope }) => scope.kind === 'device' && scope.id === id);
      const edits: Edit[] = [
        { kind: 'device', id, edit: () => undefined },
        ...rules.map((rule): Edit => ({ kind: 'rule', id: rule.id, edit: () => undefined })),
        // What history says of it is part of what has to be forgotten.
        ...household
          .all('change')
          .filter(({ documents }) => documents.some((document) => document.kind === 'device' && ids.has(document.id)))
          .map((change): Edit => ({ kind: 'change', id: change.id, edit: () => undefined })),
      ];
      await household.note([...edits, ...noteForgotten(ids, household, now())]);
      for (const each of ids) await deps.forget(each);
      return c.body(null, 204);
    });
};

/** The newest there is of a device: recognised, and perhaps not written down yet. */
export function mustFind({ devices, household }: Pick<ApiDeps, 'devices' | 'household'>, id: string): DeviceDocument {
  const device = devices.get(id) ?? household.get('device', id);
  if (!device) throw notFound('device');
  return device;
}

export async function shown(deps: ApiDeps, id: string) {
  const totals = await today(deps, id);
  const spokesman = deps.spokesmen?.().find(({ device }) => device === id);
  return presentDevice(mustFind(deps, id), { today: totals?.of(id), spokesman }, deps);
}

/** Gives the device a name of its own to ask under, instead of the one that it may have. */
async function goBy(dotName: string | null, device: DeviceDocument, { devices }: ApiDeps, by: string): Promise<void> {
  const value = dotNameOf(device);
  if (value === (dotName ?? undefined)) return;
  if (value !== undefined) await devices.release(device.id, { kind: 'name', value }, by);
  if (dotName !== null) await devices.identify(device.id, { kind: 'name', value: dotName }, by);
}

function checkPatch(wish: z.output<typeof DevicePatch>, { household, now }: ApiDeps): void {
  for (const group of wish.groups ?? []) {
    if (!household.get('group', group))
      throw badField('groups', `There is no group or person "${group}"; create it first.`);
  }
  if (wish.recording === 'everything' && !wish.recordingUntil) {
    throw badField('recordingUntil', 'Recording everything needs a recordingUntil, the time at which it ends.');
  }
  if (wish.recordingUntil && wish.recordingUntil <= now()) {
    throw badField('recordingUntil', 'recordingUntil lies in the past; give a time that is still to come.');
  }
  if (wish.recordingUntil && wish.recordingUntil > now() + LONGEST_FULL_RECORDING) {
    throw badField('recordingUntil', 'Recording everything may last for 30 days at most; give an earlier time.');
  }
}
