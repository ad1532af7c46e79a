import { expect, test } from 'vitest';
import { aSite, PHONE, problemIn } from './a-site.ts';

test('who opens the page on a known phone sees that phone and no other', async () => {
  const { ask, aPhone, record, clock } = await aSite();
  const [mine, other] = [await aPhone(), await aPhone('192.168.1.8', '02:00:00:00:00:08')];
  const attempt = { at: clock.wall, qtype: 1, outcome: 'blocked', reason: 'purpose:ads' } as const;
  await record([
    { ...attempt, device: mine, domain: 'mine.example' },
    { ...attempt, device: other, domain: 'theirs.example' },
  ]);
  const member = (path: string) => ask('GET', path, { from: PHONE });
  expect(await (await member('/me')).json()).toMatchObject({
    role: 'member',
    device: { id: mine },
    may: { pause: true, allow: true, change: false, maxMinutes: 60 },
  });
  expect((await (await member('/devices')).json()).devices.map(({ id }: { id: string }) => id)).toEqual([mine]);
  expect((await member(`/devices/${other}`)).status).toBe(403);
  const { attempts } = await (await member('/attempts')).json();
  expect(attempts.map(({ domain }: { domain: string }) => domain)).toEqual(['mine.example']);
  expect((await member(`/attempts?device=${other}`)).status).toBe(403);
  expect((await (await member('/summary')).json()).totals.blocked).toBe(1);
  expect((await member(`/explain?device=${other}&domain=xiaomi.com`)).status).toBe(403);
  expect((await (await member('/domains/theirs.example')).json()).askedBy).toEqual([]);
  for (const path of ['/state', '/history', '/tokens', '/export', '/settings'])
    expect((await member(path)).status).toBe(403);
});

test('a member pauses the own phone, for an hour at most', async () => {
  const { ask, aPhone, household } = await aSite();
  const [mine, other] = [await aPhone(), await aPhone('192.168.1.8', '02:00:00:00:00:08')];
  const pause = (id: string, minutes: number) =>
    ask('POST', `/devices/${id}/pause`, { from: PHONE, body: { minutes } });
  expect((await pause(mine, 60)).status).toBe(200);
  expect(household.all('change')[0].by).toBe(`member:${mine}`);
  expect(await problemIn(await pause(mine, 61))).toMatchObject({
    status: 403,
    detail: expect.stringContaining('60 minutes'),
  });
  expect((await pause(other, 5)).status).toBe(403);
  expect((await ask('DELETE', `/devices/${mine}/pause`, { from: PHONE })).status).toBe(200);
});

test('a member allows a name on the own phone for a while, and nothing more', async () => {
  const { ask, aPhone, clock, household } = await aSite();
  const [mine, other] = [await aPhone(), await aPhone('192.168.1.8', '02:00:00:00:00:08')];
  const target = { kind: 'domain', value: 'xiaomi.com' };
  const rule = { scope: { kind: 'device', id: mine }, target, action: 'allow', until: clock.wall + 600_000 };
  const post = (parts: object) => ask('POST', '/rules', { from: PHONE, body: { ...rule, ...parts } });
  const refused = [
    { until: undefined },
    { until: clock.wall + 2 * 3_600_000 },
    { action: 'block' },
    { target: { kind: 'everything' } },
    { target: { kind: 'purpose', value: 'ads' } },
    { scope: { kind: 'device', id: other } },
    { scope: { kind: 'everyone' } },
    { schedule: { windows: [{ days: [1], from: '20:00', to: '21:00' }] } },
  ];
  for (const parts of refused) expect([parts, (await post(parts)).status]).toEqual([parts, 403]);
  expect(household.count('rule')).toBe(0);
  const allowed = await post({});
  expect(allowed.status).toBe(201);
  const { id } = await allowed.json();
  const keep = await ask('PATCH', `/rules/${id}`, { from: PHONE, body: { until: null } });
  expect(keep.status).toBe(403);
  const undo = await ask('POST', `/history/${allowed.headers.get('quell-change')}/undo`, { from: PHONE });
  expect(undo.status).toBe(200);
  expect(household.count('rule')).toBe(0);
});

test('a member can’t undo what the owner decided', async () => {
  const { ask, aPhone, asOwner } = await aSite();
  const id = await aPhone();
  const owner = await asOwner();
  const blocked = await owner('PUT', `/devices/${id}/purposes/location`, { body: { action: 'block' } });
  const undo = await ask('POST', `/history/${blocked.headers.get('quell-change')}/undo`, { from: PHONE });
  expect(undo.status).toBe(403);
});

test('another site can’t use the phone’s address to pause it', async () => {
  const { ask, aPhone } = await aSite();
  const id = await aPhone();
  const headers = { origin: 'http://evil.example' };
  const answer = await ask('POST', `/devices/${id}/pause`, { from: PHONE, headers, body: { minutes: 60 } });
  expect(answer.status).toBe(403);
});

test('whoever comes through the router is nobody’s phone', async () => {
  const { ask, aPhone, household } = await aSite();
  const id = await aPhone();
  await household.note([{ kind: 'device', id, edit: (device) => device && { ...device, kind: 'router' } }]);
  expect(await (await ask('GET', '/me', { from: PHONE })).json()).toMatchObject({ role: 'nobody' });
  expect((await ask('GET', '/devices', { from: PHONE })).status).toBe(401);
});

test('a phone is known by its IPv6 address, and by IPv4 on a socket of both families', async () => {
  const { ask, aPhone, devices } = await aSite();
  const id = await aPhone();
  devices.note({ address: 'fd00::7' });
  expect(await (await ask('GET', '/me', { from: `::ffff:${PHONE}` })).json()).toMatchObject({ device: { id } });
  const byIPv6 = await (await ask('GET', '/me', { from: 'FD00:0:0::7' })).json();
  expect(byIPv6.device.id).toBe(devices.behind('fd00::7'));
});
