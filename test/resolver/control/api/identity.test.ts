import { expect, test } from 'vitest';
import { aSite, problemIn } from './a-site.ts';

interface Proposals {
  readonly proposals: readonly { devices: readonly string[]; confidence: number; says: string }[];
}

test('devices that may be one are proposed to the owner alone, until they are kept apart', async () => {
  const site = await aSite();
  const owner = await site.asOwner();
  const names = { suggestedName: 'Redmi-Anna' };
  const first = await site.aPhone('192.168.1.7', '62:25:6f:00:00:01');
  site.clock.wall += 3_600_000;
  const second = await site.aPhone('192.168.1.8', '6a:25:6f:00:00:02');
  for (const id of [first, second])
    await site.household.note([{ kind: 'device', id, edit: (device) => device && { ...device, ...names } }]);
  site.devices.reload();

  const proposalsFor = async (ask: typeof owner) =>
    ((await (await ask('GET', '/devices')).json()) as Proposals).proposals;
  expect(await proposalsFor(owner)).toMatchObject([{ devices: [first, second], confidence: 0.9 }]);
  expect(await proposalsFor((method, path) => site.ask(method, path, { from: '192.168.1.7' }))).toEqual([]);

  const kept = await owner('POST', `/devices/${first}/keep-apart`, { body: { device: second } });
  expect(kept.status).toBe(200);
  expect(await proposalsFor(owner)).toEqual([]);
  await owner('POST', `/history/${kept.headers.get('quell-change')}/undo`);
  expect(await proposalsFor(owner)).toHaveLength(1);
});

test('who knows a device by the id of before it became another one is sent on, until it is two again', async () => {
  const site = await aSite();
  const owner = await site.asOwner();
  const [kept, gone] = [await site.aPhone(), await site.aPhone('192.168.1.8', '62:25:6f:00:00:02')];
  site.devices.reload();
  for (const [id, action] of Object.entries({ [kept]: 'block', [gone]: 'allow' }))
    await owner('PUT', `/devices/${id}/purposes/system-usage`, { body: { action } });
  const beforeMerge = (site.clock.wall += 1000);
  site.clock.wall += 1000;
  const merged = await owner('POST', `/devices/${kept}/merge`, { body: { device: gone } });
  const leadsTo = async (method: string, path: string, rest = {}) => {
    const answer = await owner(method, path, rest);
    const at = answer.headers.get('location');
    return [answer.status, at && new URL(at, `http://quell.test/behind/a/proxy/api/v1${path}`).pathname];
  };
  const root = '/behind/a/proxy/api/v1';
  expect(await leadsTo('GET', `/devices/${gone}`)).toEqual([308, `${root}/devices/${kept}`]);
  const choice = { body: { action: 'allow' } };
  const purpose = (id: string) => `/devices/${id}/purposes/ads`;
  expect(await leadsTo('PUT', purpose(gone), choice)).toEqual([308, `${root}${purpose(kept)}`]);
  expect((await owner('GET', `/devices/${kept}`)).status).toBe(200);
  expect((await owner('GET', '/devices/d_nobody')).status).toBe(404);
  const explained = async (at = '') =>
    (await owner('GET', `/explain?device=${gone}&domain=data.mistat.xiaomi.com${at}`)).json();
  expect(await explained()).toMatchObject({ device: kept, verdict: { action: 'block' } });
  expect(await explained(`&at=${new Date(beforeMerge).toISOString()}`)).toMatchObject({
    device: gone,
    verdict: { action: 'allow' },
  });
  const stranger = await site.ask('GET', `/devices/${gone}`);
  expect([stranger.status, stranger.headers.get('location')]).toEqual([401, null]);
  await owner('POST', `/history/${merged.headers.get('quell-change')}/undo`);
  expect((await owner('GET', `/devices/${gone}`)).status).toBe(200);
});

test('a device tells which of its MACs it made up', async () => {
  const site = await aSite();
  const ask = await site.asOwner();
  const id = await site.aPhone('192.168.1.7', '62:25:6f:00:00:01');
  site.devices.reload();
  const identifiersOf = async (device: string) =>
    (await (await ask('GET', `/devices/${device}`)).json()).identifiers as { kind: string; value: string }[];
  const [mac, address] = await identifiersOf(id);
  expect(mac).toMatchObject({ kind: 'mac', madeUp: true });
  expect(mac).not.toHaveProperty('shared');
  expect(address).not.toHaveProperty('madeUp');
});

test('a phone gets a name of its own for Private DNS, another one later, and none again', async () => {
  const site = await aSite();
  const owner = await site.asOwner();
  const id = await site.aPhone();
  const call = async (dotName: string | null) => (await owner('PATCH', `/devices/${id}`, { body: { dotName } })).json();
  expect(await call('Annas-Phone')).toMatchObject({ id, dotName: 'annas-phone' });
  expect(site.devices.table().names).toEqual([['annas-phone', id]]);
  expect(await call('anna')).toMatchObject({ dotName: 'anna' });
  expect(site.devices.table().names).toEqual([['anna', id]]);
  expect(await call(null)).not.toHaveProperty('dotName');
  expect(site.devices.table().names).toEqual([]);
  const refused = await owner('PATCH', `/devices/${id}`, { body: { dotName: 'anna.home' } });
  expect(await problemIn(refused)).toMatchObject({ status: 400, detail: expect.stringContaining('letters, digits') });
});

test('a device that asks for many says so with the ways to repair it, and the household’s state too', async () => {
  const fix = { id: 'dhcp', title: 'Any router', gives: 'Each by itself.', steps: ['Open it.'] };
  const ids: string[] = [];
  const site = await aSite({
    spokesmen: () => [
      { device: ids[0], confidence: 0.9, sentence: 'It asks for all.', because: ['It is.'], fixes: [fix] },
    ],
  });
  ids.push(await site.aPhone('192.168.1.1', '02:00:00:00:00:01'));
  const owner = await site.asOwner();
  const shown = await (await owner('GET', `/devices/${ids[0]}`)).json();
  expect(shown.spokesman).toEqual({ sentence: 'It asks for all.', because: ['It is.'], fixes: [fix] });
  const { notices } = await (await owner('GET', '/state')).json();
  expect(notices).toContainEqual(expect.objectContaining({ id: 'spokesman', device: ids[0], fixes: [fix] }));
});
