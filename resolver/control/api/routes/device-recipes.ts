import { createRoute, z } from '@hono/zod-openapi';
import { findRecipe, type KnownRecipe, recipesOf, rulesOf, type When } from '../../recipes.ts';
import type { DeviceDocument } from '../../settings/documents.ts';
import type { Edit } from '../../settings/edit.ts';
import { type ApiContext, json, resource, tellChange } from '../api-env.ts';
import { authorOf, demand, demandShort, MEMBER_MINUTES, may } from '../caller.ts';
import { scheduleOf } from '../checked-rule.ts';
import { checkZone } from '../checks.ts';
import type { ApiDeps } from '../deps.ts';
import { nameOfDevice } from '../present/device.ts';
import { presentSchedule } from '../present/rule.ts';
import { timeOr } from '../present/time.ts';
import { badField, Problem } from '../problem.ts';
import { Id } from '../schemas/common.ts';
import { DeviceRecipe, DeviceRecipes, RunRecipe } from '../schemas/recipes.ts';
import { writeDevice } from '../written-device.ts';
import { mustFind } from './devices.ts';

const params = z.object({ id: Id });
const recipeParams = params.extend({ recipe: z.string().max(128) });
const theRecipe = json(DeviceRecipe, 'The recipe as it is on this device now.');

const list = createRoute({
  method: 'get',
  path: '/{id}/recipes',
  request: { params },
  responses: { 200: json(DeviceRecipes, 'What can be opened on this device for a while, and what is.') },
});
const run = createRoute({
  method: 'post',
  path: '/{id}/recipes/{recipe}',
  request: { params: recipeParams, body: { content: { 'application/json': { schema: RunRecipe } }, required: false } },
  responses: { 200: theRecipe },
});
const end = createRoute({
  method: 'delete',
  path: '/{id}/recipes/{recipe}',
  request: { params: recipeParams },
  responses: { 200: theRecipe },
});

/** Named wishes: each opens exactly its names on one phone, is one change in history, and ends by itself. */
export const deviceRecipeRoutes = (deps: ApiDeps) =>
  resource()
    .openapi(list, (c) => {
      const { id } = c.req.valid('param');
      demand(c, may.readDevice(c.get('caller'), id));
      mustFind(deps, id);
      return c.json({ recipes: recipesOf(deps.packs).map((known) => presentRecipe(known, id, deps)) }, 200);
    })
    .openapi(run, async (c) => {
      const { id, recipe } = c.req.valid('param');
      const wish = c.req.valid('json') ?? {};
      demand(c, may.changeForAWhile(c.get('caller'), id));
      const device = mustFind(deps, id);
      const known = mustFindRecipe(deps, recipe, device);
      const when = whenOf(c, known, wish, id, deps);
      const rules = rulesOf(known, { device: id, when, now: deps.now() });
      const started = rules.map((rule): Edit => ({ kind: 'rule', id: rule.id, value: rule }));
      const howLong = 'until' in when ? `for ${Math.round((when.until - deps.now()) / 60_000)} minutes` : 'every week';
      await decide(c, deps, device, `${known.recipe.title}, ${howLong}`, [...endOf(known, id, deps), ...started]);
      return c.json(presentRecipe(known, id, deps), 200);
    })
    .openapi(end, async (c) => {
      const { id, recipe } = c.req.valid('param');
      demand(c, may.changeForAWhile(c.get('caller'), id));
      const device = mustFind(deps, id);
      const known = mustFindRecipe(deps, recipe, device);
      const isWeekly = rulesOn(known, id, deps).some(({ schedule }) => schedule !== undefined);
      if (isWeekly) demand(c, may.changeDevice(c.get('caller'), id));
      await decide(c, deps, device, `${known.recipe.title} ended`, endOf(known, id, deps));
      return c.json(presentRecipe(known, id, deps), 200);
    });

function mustFindRecipe({ packs, devices }: ApiDeps, wish: string, { id, vendor }: DeviceDocument): KnownRecipe {
  const known = findRecipe(packs, wish, { vendor, likePack: devices.view(id)?.likeness.pack });
  if (!known) throw new Problem(404, `There is no recipe "${wish}"; take an id from GET /packs.`);
  return known;
}

function whenOf(
  c: ApiContext,
  { recipe }: KnownRecipe,
  { minutes, schedule }: z.output<typeof RunRecipe>,
  id: string,
  deps: ApiDeps,
): When {
  if (schedule) {
    if (minutes !== undefined) throw badField('minutes', 'Give minutes or a schedule, not both.');
    demand(c, may.changeDevice(c.get('caller'), id));
    const weekly = scheduleOf(schedule, deps);
    checkZone(weekly.zone, 'schedule.zone');
    return { schedule: weekly };
  }
  const most = may.changeDevice(c.get('caller'), id) ? recipe.minutes : Math.min(recipe.minutes, MEMBER_MINUTES);
  const howLong = minutes ?? most;
  demandShort(c, id, howLong);
  return { until: deps.now() + howLong * 60_000 };
}

const rulesOn = ({ key }: KnownRecipe, device: string, { household, now }: ApiDeps) =>
  household
    .all('rule')
    .filter(({ recipe, scope, until }) => recipe === key && scope.id === device && (until ?? Infinity) > now());

const endOf = (known: KnownRecipe, device: string, deps: ApiDeps): Edit[] =>
  rulesOn(known, device, deps).map(({ id }): Edit => ({ kind: 'rule', id, edit: () => undefined }));

async function decide(
  c: ApiContext,
  deps: ApiDeps,
  device: DeviceDocument,
  what: string,
  edits: readonly Edit[],
): Promise<void> {
  await writeDevice(device.id, deps);
  tellChange(c, await deps.household.change(authorOf(c, `${nameOfDevice(device)}: ${what}`), edits));
}

function presentRecipe(known: KnownRecipe, device: string, deps: ApiDeps): z.infer<typeof DeviceRecipe> {
  const [rule] = rulesOn(known, device, deps);
  const { title, sentence, minutes, opens } = known.recipe;
  return {
    ...{ id: known.key, title, sentence, minutes, opens },
    running: rule !== undefined,
    until: timeOr(rule?.until),
    schedule: presentSchedule(rule?.schedule),
  };
}
