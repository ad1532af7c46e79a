import { createRoute, z } from '@hono/zod-openapi';
import type { GroupDocument } from '../../settings/documents.ts';
import type { Edit } from '../../settings/edit.ts';
import type { Household } from '../../settings/household.ts';
import { newId } from '../../settings/id.ts';
import { body, json, resource, tellChange } from '../api-env.ts';
import { authorOf, demand, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { badField, notFound } from '../problem.ts';
import { Id } from '../schemas/common.ts';
import { Group, GroupPatch, Groups, NewGroup, People, Person } from '../schemas/household.ts';
import { writeDevice } from '../written-device.ts';

const params = z.object({ id: Id });
const gone = { 204: { description: 'Gone; its devices stay, its rules go with it.' } };

const listPeople = createRoute({
  method: 'get',
  path: '/',
  responses: { 200: json(People, 'People and their devices.') },
});
const listGroups = createRoute({
  method: 'get',
  path: '/',
  responses: { 200: json(Groups, 'Groups and their devices.') },
});
const create = createRoute({
  method: 'post',
  path: '/',
  request: body(NewGroup),
  responses: { 201: json(Group, 'Created.') },
});
const patch = createRoute({
  method: 'patch',
  path: '/{id}',
  request: { params, ...body(GroupPatch) },
  responses: { 200: json(Person, 'As it is now.') },
});
const remove = createRoute({ method: 'delete', path: '/{id}', request: { params }, responses: gone });

export const peopleRoutes = (deps: ApiDeps) =>
  writes('person', deps).openapi(listPeople, (c) => {
    demand(c, may.read(c.get('caller')));
    return c.json({ people: presentAll(deps.household, 'person') }, 200);
  });

export const groupRoutes = (deps: ApiDeps) =>
  writes('group', deps).openapi(listGroups, (c) => {
    demand(c, may.read(c.get('caller')));
    return c.json({ groups: presentAll(deps.household, 'group') }, 200);
  });

/** A person is a group that owns devices; what can be done to both is the same. */
function writes(kind: GroupDocument['kind'], deps: ApiDeps) {
  const { household } = deps;
  const mustFind = (id: string): GroupDocument => {
    const group = household.get('group', id);
    if (group?.kind !== kind) throw notFound(kind);
    return group;
  };
  return resource()
    .openapi(create, async (c) => {
      demand(c, may.change(c.get('caller')));
      const { name, devices } = c.req.valid('json');
      await checkDevices(devices, deps);
      const group: GroupDocument = { id: newId(kind === 'person' ? 'p' : 'g'), kind, name };
      const edits: Edit[] = [
        { kind: 'group', id: group.id, value: group },
        ...memberEdits(household, group.id, devices),
      ];
      tellChange(c, await household.change(authorOf(c, `${name} added`), edits));
      return c.json(present(household, group), 201);
    })
    .openapi(patch, async (c) => {
      demand(c, may.change(c.get('caller')));
      const { id } = c.req.valid('param');
      const { name, devices } = c.req.valid('json');
      const group = mustFind(id);
      await checkDevices(devices ?? [], deps);
      const rename: Edit[] =
        name === undefined ? [] : [{ kind: 'group', id, edit: (current) => ({ ...(current ?? group), name }) }];
      const edits = [...rename, ...(devices ? memberEdits(household, id, devices) : [])];
      tellChange(c, await household.change(authorOf(c, `${group.name} changed`), edits));
      return c.json(present(household, mustFind(id)), 200);
    })
    .openapi(remove, async (c) => {
      demand(c, may.change(c.get('caller')));
      const { id } = c.req.valid('param');
      const group = mustFind(id);
      const isOurs = ({ scope }: { scope: { kind: string; id?: string } }) => scope.kind === 'group' && scope.id === id;
      const edits: Edit[] = [
        { kind: 'group', id, edit: () => undefined },
        ...memberEdits(household, id, []),
        ...household
          .all('rule')
          .filter(isOurs)
          .map((rule): Edit => ({ kind: 'rule', id: rule.id, edit: () => undefined })),
        // A list for this group only would otherwise never apply again, unseen.
        ...household
          .all('list')
          .filter(isOurs)
          .map((list): Edit => ({ kind: 'list', id: list.id, edit: () => undefined })),
      ];
      tellChange(c, await household.change(authorOf(c, `${group.name} removed`), edits));
      return c.body(null, 204);
    });
}

/** Membership is written on the device; only those that join or leave are touched. */
function memberEdits(household: Household, group: string, members: readonly string[]): Edit[] {
  const wanted = new Set(members);
  return household
    .all('device')
    .filter((device) => device.groups.includes(group) !== wanted.has(device.id))
    .map(
      ({ id }): Edit => ({
        kind: 'device',
        id,
        edit: (device) =>
          device && {
            ...device,
            groups: wanted.has(id) ? [...device.groups, group] : device.groups.filter((other) => other !== group),
          },
      }),
    );
}

async function checkDevices(ids: readonly string[], deps: ApiDeps): Promise<void> {
  const { household } = deps;
  for (const id of ids) {
    await writeDevice(id, deps);
    if (!household.get('device', id))
      throw badField('devices', `There is no device "${id}"; take ids from GET /devices.`);
  }
}

const presentAll = (household: Household, kind: GroupDocument['kind']) =>
  household
    .all('group')
    .filter((group) => group.kind === kind)
    .map((group) => present(household, group));

const present = (household: Household, { id, name }: GroupDocument) => ({
  id,
  name,
  devices: household
    .all('device')
    .filter(({ groups }) => groups.includes(id))
    .map((device) => device.id),
});
