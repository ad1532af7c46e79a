import { createRoute, z } from '@hono/zod-openapi';
import type { Rule } from '../../../policy/model.ts';
import type { DeviceDocument } from '../../settings/documents.ts';
import type { Edit } from '../../settings/edit.ts';
import type { AttemptRow } from '../../store/store.ts';
import { body, json, resource, tellChange } from '../api-env.ts';
import { authorOf, demand, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { nameOfDevice } from '../present/device.ts';
import { time } from '../present/time.ts';
import { badField } from '../problem.ts';
import { Id } from '../schemas/common.ts';
import { Broke, Device, Helped } from '../schemas/devices.ts';
import { foldSuspects, suspects } from '../suspects.ts';
import { writeDevice } from '../written-device.ts';
import { mustFind, shown } from './devices.ts';

const LOOK_BACK = 2 * 60_000;
/** Before it: what is usual on this phone. */
const USUAL = 24 * 3_600_000;
/** A talkative phone's day is not read to its end. */
const USUAL_PAGES = 5;
const PAGE = 1000;
/** Names that are looked up one by one. */
const MOST_NAMES = 50;
const MISSED_KEPT = 50;

const params = z.object({ id: Id });

const broke = createRoute({
  method: 'post',
  path: '/{id}/broke',
  request: { params },
  responses: { 200: json(Broke, 'What was blocked in the last two minutes, likeliest culprit first.') },
});
const helped = createRoute({
  method: 'post',
  path: '/{id}/broke/helped',
  request: { params, ...body(Helped) },
  responses: { 200: json(Device, 'The device as it is now.') },
});

/** Something broke on this phone just now: what could it be, and did letting it pass help? */
export const deviceBrokeRoutes = (deps: ApiDeps) => {
  const { household, record, quiet, packs } = deps;
  return resource()
    .openapi(broke, async (c) => {
      const { id } = c.req.valid('param');
      demand(c, may.readDevice(c.get('caller'), id));
      const device = mustFind(deps, id);
      const now = deps.now();
      const from = now - LOOK_BACK;
      const slow = new Map(quiet?.effects(id).map(({ domain, ttl }) => [domain, ttl]));
      quiet?.hush(id);
      const [{ attempts: recent }, usual] = await Promise.all([
        record.attempts({ device: id, outcome: 'blocked', from, to: now + 1, limit: PAGE }),
        usualOf(id, from, deps),
      ]);
      const never = await neverBefore(id, recent, from, deps);
      const missed = new Set(device.missed?.map(({ domain }) => domain));
      const found = suspects({ recent, usual, never, missed, packs, now });
      return c.json(
        {
          device: id,
          from: time(from),
          to: time(now),
          folds: foldSuspects(found).map((fold) => ({ ...fold, domains: [...fold.domains] })),
          suspects: found.map(({ firstAt, lastAt, score: _, ...suspect }) => ({
            ...suspect,
            firstAt: time(firstAt),
            lastAt: time(lastAt),
            ...(slow.has(suspect.domain) && { waitSeconds: slow.get(suspect.domain) }),
          })),
        },
        200,
      );
    })
    .openapi(helped, async (c) => {
      const { id } = c.req.valid('param');
      const wish = c.req.valid('json');
      const device = mustFind(deps, id);
      const rule = household.get('rule', wish.rule);
      if (!rule || !isTrial(rule, id)) {
        throw badField('rule', 'There is no such rule that lets a name pass on this device for a while; try it again.');
      }
      const caller = c.get('caller');
      demand(c, wish.helped === 'keep' ? may.changeDevice(caller, id) : may.changeForAWhile(caller, id));
      await writeDevice(id, deps);
      const { what, edits } = decisions[wish.helped](rule, id, deps.now());
      tellChange(c, await household.change(authorOf(c, `${nameOfDevice(device)}: ${what}`), edits));
      return c.json(await shown(deps, id), 200);
    });
};

/** What a member may end, too: nothing that somebody decided for good. */
const isTrial = ({ scope, target, action, until }: Rule, device: string): boolean =>
  scope.kind === 'device' &&
  scope.id === device &&
  (target.kind === 'domain' || target.kind === 'suffix') &&
  action === 'allow' &&
  until !== undefined;

type Decision = (rule: Rule, device: string, now: number) => { what: string; edits: Edit[] };

const decisions: Record<z.output<typeof Helped>['helped'], Decision> = {
  keep: ({ id, target }) => ({
    what: `${target.value} stays allowed, for something broke without it`,
    edits: [{ kind: 'rule', id, edit: (rule) => rule && lasting(rule) }],
  }),
  /** The rule ends as it was to; the name is remembered, and stands first when something breaks again. */
  'when-needed': ({ target }, device, at) => ({
    what: `${target.value} is opened when it is needed`,
    edits: [remember(device, target.value!, at)],
  }),
  no: ({ id, target }, device) => ({
    what: `${target.value} was not it and is blocked again`,
    edits: [
      { kind: 'rule', id, edit: () => undefined },
      { kind: 'device', id: device, edit: (known) => (known?.missed ? without(known, target.value!) : known) },
    ],
  }),
};

function lasting({ until: _, ...rule }: Rule): Rule {
  return { ...rule, comment: rule.comment ?? 'Something broke without it.' };
}

const remember = (id: string, domain: string, at: number): Edit => ({
  kind: 'device',
  id,
  edit: (device) =>
    device && { ...device, missed: [{ domain, at }, ...(without(device, domain).missed ?? [])].slice(0, MISSED_KEPT) },
});

const without = (device: DeviceDocument, name: string): DeviceDocument => ({
  ...device,
  missed: device.missed?.filter(({ domain }) => domain !== name),
});

async function usualOf(device: string, to: number, { record }: ApiDeps): Promise<AttemptRow[]> {
  const rows: AttemptRow[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < USUAL_PAGES; page++) {
    const got = await record.attempts({ device, outcome: 'blocked', from: to - USUAL, to, cursor, limit: PAGE });
    rows.push(...got.attempts);
    cursor = got.next;
    if (cursor === undefined) break;
  }
  return rows;
}

async function neverBefore(
  device: string,
  recent: readonly AttemptRow[],
  from: number,
  { record }: ApiDeps,
): Promise<Set<string>> {
  const never = new Set<string>();
  for (const domain of [...new Set(recent.map((row) => row.domain))].slice(0, MOST_NAMES)) {
    const first = await record.firstSeen(domain, device);
    // Right to the minute only.
    if (first === undefined || first >= from - 60_000) never.add(domain);
  }
  return never;
}
