import { expect, test } from 'vitest';
import { aSite, PHONE, problemIn } from './a-site.ts';

const MINUTE = 60_000;
const HISTORY_IN = 'quell-change';

async function withPhone() {
  const site = await aSite();
  const owner = await site.asOwner();
  const phone = await site.aPhone();
  const { packs } = await (await owner('GET', '/packs')).json();
  const recipes = packs.flatMap(({ recipes }: { recipes: { id: string; opens: string[] }[] }) => recipes);
  const opens = (id: string): string[] => recipes.find((recipe: { id: string }) => recipe.id === id).opens;
  /** What the phone gets for a name now. */
  const says = async (domain: string, device = phone) => {
    const explained = await (await owner('GET', `/explain?device=${device}&domain=${domain}`)).json();
    return explained.verdict.action as string;
  };
  const rules = () => site.household.policySnapshot().rules;
  return { ...site, owner, phone, opens, says, rules };
}

test('a recipe opens exactly its names on one phone, for as long as it proposes', async () => {
  const { owner, phone, aPhone, opens, says, rules, clock } = await withPhone();
  const other = await aPhone('192.168.1.8', '02:00:00:00:00:08');
  const answer = await owner('POST', `/devices/${phone}/recipes/system-app-updates`);
  expect(await answer.json()).toMatchObject({
    id: 'xiaomi:system-app-updates',
    running: true,
    until: new Date(clock.wall + 30 * MINUTE).toISOString(),
  });
  expect(rules().map(({ target }) => target.value)).toEqual(opens('xiaomi:system-app-updates'));
  for (const rule of rules()) {
    expect(rule).toMatchObject({ action: 'allow', scope: { kind: 'device', id: phone } });
    expect(rule.comment).toBe('Recipe: Check for system-app updates');
  }
  expect(await says('data.mistat.xiaomi.com')).toBe('allow');
  expect(await says('tracking.miui.com')).toBe('block');
  expect(await says('data.mistat.xiaomi.com', other)).toBe('block');
  clock.wall += 30 * MINUTE;
  expect(await says('data.mistat.xiaomi.com')).toBe('block');
});

test('a recipe is one change in history, which undo takes back as a whole', async () => {
  const { owner, phone, says, rules } = await withPhone();
  const answer = await owner('POST', `/devices/${phone}/recipes/system-app-updates`, { body: { minutes: 5 } });
  const { changes } = await (await owner('GET', '/history')).json();
  expect(changes[0].what).toMatch(/Check for system-app updates, for 5 minutes$/);
  expect(changes[0].id).toBe(answer.headers.get(HISTORY_IN));
  await owner('POST', `/history/${changes[0].id}/undo`);
  expect(rules()).toEqual([]);
  expect(await says('data.mistat.xiaomi.com')).toBe('block');
});

test('a recipe that is started again goes on for longer and is never there twice', async () => {
  const { owner, phone, rules, opens, clock } = await withPhone();
  await owner('POST', `/devices/${phone}/recipes/xiaomi:themes`, { body: { minutes: 5 } });
  clock.wall += MINUTE;
  await owner('POST', `/devices/${phone}/recipes/xiaomi:themes`, { body: { minutes: 20 } });
  expect(rules()).toHaveLength(opens('xiaomi:themes').length);
  expect(new Set(rules().map(({ until }) => until))).toEqual(new Set([clock.wall + 20 * MINUTE]));
});

test('ending a recipe takes its rules away and no others', async () => {
  const { owner, phone, says, rules } = await withPhone();
  const own = { scope: { kind: 'device', id: phone }, target: { kind: 'domain', value: 'data.mistat.xiaomi.com' } };
  await owner('POST', '/rules', { body: { ...own, action: 'allow' } });
  await owner('POST', `/devices/${phone}/recipes/system-app-updates`);
  await owner('POST', `/devices/${phone}/recipes/sign-in`);
  const ended = await owner('DELETE', `/devices/${phone}/recipes/system-app-updates`);
  expect(await ended.json()).toMatchObject({ running: false });
  expect(new Set(rules().map(({ recipe }) => recipe))).toEqual(new Set([undefined, 'xiaomi:sign-in']));
  expect(await says('data.mistat.xiaomi.com')).toBe('allow');
  const { recipes } = await (await owner('GET', `/devices/${phone}/recipes`)).json();
  expect(recipes.filter(({ running }: { running: boolean }) => running)).toMatchObject([{ id: 'xiaomi:sign-in' }]);
});

test('of recipes with one id, the one of the phone’s own maker is meant', async () => {
  const { owner, phone, household } = await withPhone();
  const ask = async () => (await owner('POST', `/devices/${phone}/recipes/find-my-phone`)).json();
  expect((await ask()).id).toBe('xiaomi:find-my-phone');
  await household.note([{ kind: 'device', id: phone, edit: (device) => device && { ...device, vendor: 'Samsung' } }]);
  expect((await ask()).id).toBe('samsung:find-my-phone');
});

test('a weekly recipe holds at its times', async () => {
  const { owner, phone, says, clock } = await withPhone();
  // 2026-03-01 is a Sunday; the clock stands at 12:00 UTC.
  const schedule = { zone: 'UTC', windows: [{ days: [7], from: '11:30', to: '12:30' }] };
  const answer = await owner('POST', `/devices/${phone}/recipes/system-app-updates`, { body: { schedule } });
  expect(await answer.json()).toMatchObject({ running: true, schedule });
  expect(await says('data.mistat.xiaomi.com')).toBe('allow');
  clock.wall += 60 * MINUTE;
  expect(await says('data.mistat.xiaomi.com')).toBe('block');
});

test('a member runs recipes on the own phone, for an hour at most and for no week', async () => {
  const { phone, aPhone, ask } = await withPhone();
  const other = await aPhone('192.168.1.8', '02:00:00:00:00:08');
  const member = (path: string, body?: unknown) => ask('POST', path, { from: PHONE, body });
  expect((await member(`/devices/${phone}/recipes/sign-in`)).status).toBe(200);
  expect((await member(`/devices/${phone}/recipes/sign-in`, { minutes: 61 })).status).toBe(403);
  expect((await member(`/devices/${other}/recipes/sign-in`)).status).toBe(403);
  const schedule = { windows: [{ days: [7], from: '11:30', to: '12:30' }] };
  expect((await member(`/devices/${phone}/recipes/sign-in`, { schedule })).status).toBe(403);
});

test('an unknown recipe is refused with the remedy', async () => {
  const { owner, phone } = await withPhone();
  const answer = await owner('POST', `/devices/${phone}/recipes/world-peace`);
  expect(await problemIn(answer)).toMatchObject({
    status: 404,
    detail: 'There is no recipe "world-peace"; take an id from GET /packs.',
  });
});

test('a household with running recipes is exported and imported whole', async () => {
  const { owner, phone, rules } = await withPhone();
  await owner('POST', `/devices/${phone}/recipes/sign-in`);
  const before = rules();
  const exported = await (await owner('GET', '/export')).json();
  await owner('DELETE', `/devices/${phone}/recipes/sign-in`);
  expect((await owner('POST', '/import', { body: exported })).status).toBeLessThan(300);
  expect(rules()).toEqual(before);
});
