import { expect, test } from 'vitest';
import { aSite, problemIn } from './a-site.ts';

/** What answering is told of the only device. */
const told = ({ household }: Awaited<ReturnType<typeof aSite>>) => household.policySnapshot().devices[0];

test('a purpose’s choice is in the policy before the API answers, and can be taken back', async () => {
  const site = await aSite();
  const id = await site.aPhone();
  const owner = await site.asOwner();
  const choose = (body: unknown) => owner('PUT', `/devices/${id}/purposes/system-usage`, { body });

  const allowed = await choose({ action: 'allow' });
  expect(allowed.status).toBe(200);
  expect(told(site).purposes).toEqual({ 'system-usage': { action: 'allow' } });
  const { purposes } = await allowed.json();
  expect(purposes['system-usage']).toEqual({ action: 'allow', effective: 'allow' });
  expect(purposes.ads).toEqual({ action: 'inherit', effective: 'block' });

  const undone = await owner('POST', `/history/${allowed.headers.get('quell-change')}/undo`);
  expect(undone.status).toBe(200);
  expect(told(site).purposes).toEqual({});

  await choose({ action: 'block', until: '2026-03-01T13:00:00+00:00' });
  expect(told(site).purposes['system-usage']).toEqual({ action: 'block', until: Date.parse('2026-03-01T13:00:00Z') });
  await choose({ action: 'inherit' });
  expect(told(site).purposes).toEqual({});
});

test('a choice with an end is shown until then and no longer', async () => {
  const { aPhone, asOwner, clock } = await aSite();
  const id = await aPhone();
  const owner = await asOwner();
  const until = clock.wall + 600_000;
  await owner('PUT', `/devices/${id}/purposes/ads`, { body: { action: 'allow', until } });
  const ads = async () => (await (await owner('GET', `/devices/${id}`)).json()).purposes.ads;
  expect(await ads()).toEqual({ action: 'allow', effective: 'allow', until: '2026-03-01T12:10:00.000Z' });
  clock.wall = until;
  expect(await ads()).toEqual({ action: 'inherit', effective: 'block' });
});

test('a pause holds for its minutes and can be ended earlier', async () => {
  const site = await aSite();
  const id = await site.aPhone();
  const owner = await site.asOwner();
  const paused = await owner('POST', `/devices/${id}/pause`, { body: { minutes: 10 } });
  expect((await paused.json()).pause).toEqual({ until: '2026-03-01T12:10:00.000Z' });
  expect(told(site).pausedUntil).toBe(site.clock.wall + 600_000);
  const ended = await owner('DELETE', `/devices/${id}/pause`);
  expect(await ended.json()).not.toHaveProperty('pause');
  expect(told(site).pausedUntil).toBeUndefined();
  await owner('POST', `/devices/${id}/pause`, { body: { minutes: 10 } });
  site.clock.wall += 600_000;
  expect(await (await owner('GET', `/devices/${id}`)).json()).not.toHaveProperty('pause');
});

test('a device’s name, preset and recording are changed, and given back with null', async () => {
  const site = await aSite();
  const id = await site.aPhone();
  const owner = await site.asOwner();
  const body = {
    name: 'Ana’s phone',
    preset: 'quiet',
    recording: 'everything',
    recordingUntil: site.clock.wall + 3_600_000,
  };
  const device = await (await owner('PATCH', `/devices/${id}`, { body })).json();
  expect(device).toMatchObject({ name: 'Ana’s phone', named: true, preset: 'quiet', recording: 'everything' });
  expect(device.purposes.personalisation).toEqual({ action: 'inherit', effective: 'block' });
  expect(told(site)).toMatchObject({ preset: 'quiet', recording: 'everything' });
  const back = { name: null, preset: null, recording: 'attempts' };
  expect(await (await owner('PATCH', `/devices/${id}`, { body: back })).json()).toMatchObject({
    named: false,
    preset: 'balanced',
    presetInherited: true,
    recording: 'attempts',
  });
  expect(site.household.get('device', id)).not.toHaveProperty('recordingUntil');
});

test('what people decided survives what the network says of the device at the same moment', async () => {
  const { aPhone, asOwner, devices, household } = await aSite();
  const id = await aPhone();
  const owner = await asOwner();
  devices.note({ address: 'fe80::7', mac: '02:00:00:00:00:07' });
  const decided = owner('PATCH', `/devices/${id}`, { body: { name: 'Ana’s phone' } });
  await Promise.all([decided, devices.stop()]);
  expect(household.get('device', id)?.name).toBe('Ana’s phone');
});

test('a rule is in the policy when it was answered, changes, and is gone when it was removed', async () => {
  const site = await aSite();
  const id = await site.aPhone();
  const owner = await site.asOwner();
  const body = {
    scope: { kind: 'device', id },
    target: { kind: 'domain', value: 'Data.Mistat.Xiaomi.com.' },
    action: 'allow',
    until: '2026-03-01T12:10:00Z',
  };
  const created = await owner('POST', '/rules', { body });
  expect(created.status).toBe(201);
  const rule = await created.json();
  expect(rule).toMatchObject({
    target: { kind: 'domain', value: 'data.mistat.xiaomi.com' },
    until: '2026-03-01T12:10:00.000Z',
  });
  expect(site.household.policySnapshot().rules).toMatchObject([{ id: rule.id, until: site.clock.wall + 600_000 }]);

  const kept = await owner('PATCH', `/rules/${rule.id}`, { body: { until: null, comment: 'needed for updates' } });
  expect(await kept.json()).toMatchObject({ comment: 'needed for updates' });
  expect(site.household.policySnapshot().rules[0]).not.toHaveProperty('until');

  const removed = await owner('DELETE', `/rules/${rule.id}`);
  expect(removed.status).toBe(204);
  expect(site.household.policySnapshot().rules).toEqual([]);
  await owner('POST', `/history/${removed.headers.get('quell-change')}/undo`);
  expect(site.household.policySnapshot().rules).toHaveLength(1);
});

test('a rule on one phone decides there and nowhere else', async () => {
  const { aPhone, asOwner } = await aSite();
  const [one, other] = [await aPhone(), await aPhone('192.168.1.8', '02:00:00:00:00:08')];
  const owner = await asOwner();
  const explain = async (device: string) =>
    (await owner('GET', `/explain?device=${device}&domain=data.mistat.xiaomi.com&type=AAAA`)).json();
  expect((await explain(one)).verdict).toMatchObject({ action: 'block', purpose: 'system-usage' });
  const target = { kind: 'suffix', value: 'mistat.xiaomi.com' };
  await owner('POST', '/rules', { body: { scope: { kind: 'device', id: one }, target, action: 'allow' } });
  const explained = await explain(one);
  expect(explained).toMatchObject({ device: one, type: 'AAAA', verdict: { action: 'allow' } });
  expect(explained.steps.filter((step: { spoke: boolean }) => step.spoke)).toHaveLength(1);
  expect(explained.namedBy).toContain('xiaomi');
  expect((await explain(other)).verdict.action).toBe('block');
});

test('rules that could never work are refused with what would be right', async () => {
  const { asOwner, aPhone, household } = await aSite();
  const device = { kind: 'device', id: await aPhone() };
  const owner = await asOwner();
  const windows = [{ days: [1], from: '20:00', to: '06:00' }];
  const domain = { kind: 'domain', value: 'xiaomi.com' };
  const tries: [object, RegExp][] = [
    [{ scope: { kind: 'device', id: 'd_gone' }, target: domain }, /no device "d_gone"; take an id from GET \/devices/],
    [{ scope: { kind: 'group', id: 'g_gone' }, target: domain }, /no group or person "g_gone"/],
    [{ scope: device, target: { kind: 'list', value: 'l_gone' } }, /no list "l_gone"/],
    [{ scope: device, target: { kind: 'purpose', value: 'adverts' } }, /target\.value must be one of/],
    [{ scope: device, target: { kind: 'domain', value: 'https://x.com/a' } }, /not a domain name; write it like/],
    [{ scope: device, target: { kind: 'suffix', value: '*.xiaomi.com' } }, /without https:\/\/, path or \*\./],
    [{ scope: device, target: { kind: 'regex', value: '(a' } }, /regular expression can't be used/],
    [{ scope: device, target: { kind: 'regex', value: '(?=a)b' } }, /RE2 syntax, without look-around/],
    [{ scope: device, target: domain, until: '2026-03-01T11:00:00Z' }, /until lies in the past/],
    [
      { scope: device, target: domain, schedule: { zone: 'Mars/Olympus', windows } },
      /"Mars\/Olympus" is not a time zone/,
    ],
  ];
  for (const [parts, expected] of tries) {
    const answer = await owner('POST', '/rules', { body: { action: 'allow', ...parts } });
    expect(answer.status).toBe(400);
    expect((await problemIn(answer)).detail).toMatch(expected);
  }
  expect(household.count('rule')).toBe(0);
});

test('a schedule without a zone is in the household’s', async () => {
  const { asOwner, household } = await aSite();
  const owner = await asOwner();
  await owner('PATCH', '/settings', { body: { zone: 'Europe/Berlin' } });
  const schedule = { windows: [{ days: [1, 2], from: '20:00', to: '06:00' }] };
  const body = { scope: { kind: 'everyone' }, target: { kind: 'everything' }, action: 'block', schedule };
  expect((await owner('POST', '/rules', { body })).status).toBe(201);
  expect(household.all('rule')[0].schedule?.zone).toBe('Europe/Berlin');
});

test('settings reach the policy', async () => {
  const { asOwner, household } = await aSite();
  const owner = await asOwner();
  const body = { defaultPreset: 'observe', blockMode: 'nxdomain', blockTtl: 30, retention: { attemptsDays: 7 } };
  const settings = await (await owner('PATCH', '/settings', { body })).json();
  expect(settings.retention).toEqual({ attemptsDays: 7, rollupDays: 400, fullLoggingHours: 24 });
  expect(household.policySnapshot().settings).toEqual({
    defaultPreset: 'observe',
    blockMode: 'nxdomain',
    blockTtl: 30,
    unknownDevices: 'protect',
  });
});

test('what full logging wrote down is never kept for longer than attempts', async () => {
  const { asOwner, household } = await aSite();
  const owner = await asOwner();
  const retention = { attemptsDays: 2, fullLoggingHours: 72 };
  const settings = await (await owner('PATCH', '/settings', { body: { retention } })).json();
  expect(settings.retention).toEqual({ attemptsDays: 2, rollupDays: 400, fullLoggingHours: 48 });
  expect(household.settings().retention.fullLoggingHours).toBe(72);
  const refused = await owner('PATCH', '/settings', { body: { retention: { fullLoggingHours: 0 } } });
  expect(refused.status).toBe(400);
});

test('a person owns phones; without the person their phones and only the person’s rules change', async () => {
  const site = await aSite();
  const [one, other] = [await site.aPhone(), await site.aPhone('192.168.1.8', '02:00:00:00:00:08')];
  const owner = await site.asOwner();
  const person = await (await owner('POST', '/people', { body: { name: 'Ana', devices: [one] } })).json();
  expect(person).toMatchObject({ name: 'Ana', devices: [one] });
  expect(told(site).groups).toEqual([person.id]);
  await owner('PATCH', `/people/${person.id}`, { body: { devices: [other] } });
  expect(site.household.policySnapshot().devices.map(({ groups }) => groups.length)).toEqual([0, 1]);
  const scope = { kind: 'group', id: person.id };
  await owner('POST', '/rules', { body: { scope, target: { kind: 'everything' }, action: 'block' } });
  expect((await (await owner('GET', '/groups')).json()).groups).toEqual([]);
  expect((await owner('DELETE', `/groups/${person.id}`)).status).toBe(404);

  const removed = await owner('DELETE', `/people/${person.id}`);
  expect(site.household.policySnapshot()).toMatchObject({ rules: [], devices: [{ groups: [] }, { groups: [] }] });
  await owner('POST', `/history/${removed.headers.get('quell-change')}/undo`);
  expect(site.household.policySnapshot()).toMatchObject({
    rules: [{ scope }],
    devices: [{ groups: [] }, { groups: [person.id] }],
  });
});

test('two devices are merged with their rules, and what one answered is undone as one change', async () => {
  const { aPhone, asOwner, household } = await aSite();
  const [one, other] = [await aPhone(), await aPhone('192.168.1.8', '02:00:00:00:00:08')];
  const owner = await asOwner();
  const target = { kind: 'domain', value: 'xiaomi.com' };
  await owner('POST', '/rules', { body: { scope: { kind: 'device', id: other }, target, action: 'allow' } });
  const merged = await owner('POST', `/devices/${one}/merge`, { body: { device: other } });
  expect((await merged.json()).macs).toEqual(['02:00:00:00:00:07', '02:00:00:00:00:08']);
  expect(household.get('device', other)).toBeUndefined();
  expect(household.all('rule')[0].scope).toEqual({ kind: 'device', id: one });
  expect(household.get('change', merged.headers.get('quell-change')!)?.documents).toHaveLength(3);
});

test('identifiers are split off into a device of their own', async () => {
  const { aPhone, asOwner, devices, household } = await aSite();
  const id = await aPhone();
  devices.note({ address: '192.168.1.9', mac: '02:00:00:00:00:09' });
  const owner = await asOwner();
  const second = devices.list().find((device) => device.id !== id)!.id;
  await owner('POST', `/devices/${id}/merge`, { body: { devices: [second] } });
  const identifiers = [{ kind: 'mac', value: '02:00:00:00:00:09' }];
  const answer = await owner('POST', `/devices/${id}/split`, { body: { identifiers } });
  const { device, split } = await answer.json();
  expect([device.macs, split.macs]).toEqual([['02:00:00:00:00:07'], ['02:00:00:00:00:09']]);
  expect(
    household
      .policySnapshot()
      .devices.map((one) => one.id)
      .sort(),
  ).toEqual([id, split.id].sort());
  const none = await owner('POST', `/devices/${id}/split`, { body: { identifiers } });
  expect(await problemIn(none)).toMatchObject({ status: 400, detail: expect.stringContaining('Choose some') });
});

test('a forgotten device leaves nothing behind, in history neither', async () => {
  const { aPhone, asOwner, household, record, clock, store } = await aSite();
  const id = await aPhone();
  const owner = await asOwner();
  await owner('PATCH', `/devices/${id}`, { body: { name: 'Ana’s phone' } });
  await record([
    { at: clock.wall, device: id, domain: 'a.example', qtype: 1, outcome: 'blocked', reason: 'purpose:ads' },
  ]);
  expect((await owner('DELETE', `/devices/${id}`)).status).toBe(204);
  expect((await owner('GET', `/devices/${id}`)).status).toBe(404);
  expect((await store.record.attempts({ limit: 10 })).attempts).toEqual([]);
  expect(JSON.stringify(household.all('change'))).not.toContain('Ana');
});

test('history says who did what from where, page by page', async () => {
  const { asOwner, aPhone } = await aSite();
  const id = await aPhone();
  const owner = await asOwner();
  for (const minutes of [1, 2, 3]) await owner('POST', `/devices/${id}/pause`, { body: { minutes } });
  const first = await (await owner('GET', '/history?limit=2')).json();
  expect(first.changes.map(({ what }: { what: string }) => what)).toEqual([
    expect.stringMatching(/Paused for 3 minutes$/),
    expect.stringMatching(/Paused for 2 minutes$/),
  ]);
  expect(first.changes[0]).toMatchObject({ by: 'owner', from: '192.168.1.50', at: '2026-03-01T12:00:00.000Z' });
  const rest = await (await owner('GET', `/history?cursor=${first.next}`)).json();
  expect(rest.changes).toHaveLength(1);
  expect(rest).not.toHaveProperty('next');
  const undo = () => owner('POST', `/history/${first.changes[0].id}/undo`);
  expect((await undo()).status).toBe(200);
  expect(await problemIn(await undo())).toMatchObject({
    status: 409,
    detail: expect.stringContaining('undone already'),
  });
  const marked = await (await owner('GET', '/history')).json();
  expect(marked.changes[1].undoneBy).toBe(marked.changes[0].id);
});

test('an export brings the household back as it was, and holds no secrets', async () => {
  const { asOwner, aPhone, household } = await aSite();
  const id = await aPhone();
  const owner = await asOwner();
  await owner('POST', '/tokens', { body: { name: 'script', scopes: ['read'] } });
  await owner('PUT', `/devices/${id}/purposes/ads`, { body: { action: 'allow' } });
  const target = { kind: 'domain', value: 'xiaomi.com' };
  await owner('POST', '/rules', { body: { scope: { kind: 'device', id }, target, action: 'allow' } });
  const file = await (await owner('GET', '/export')).json();
  expect(Object.keys(file.documents)).toEqual(['settings', 'device', 'group', 'rule', 'list']);
  const before = household.policySnapshot();

  await owner('DELETE', `/devices/${id}`);
  await owner('PATCH', '/settings', { body: { blockTtl: 99 } });
  const imported = await owner('POST', '/import', { body: file });
  expect(await imported.json()).toEqual({ written: 2, removed: 1 });
  expect({ ...household.policySnapshot(), version: 0 }).toEqual({ ...before, version: 0 });
});

test('an import with one wrong document imports nothing and says which', async () => {
  const { asOwner, aPhone, household } = await aSite();
  await aPhone();
  const owner = await asOwner();
  const file = await (await owner('GET', '/export')).json();
  file.documents.device[0].preset = 'loud';
  const version = household.version;
  const answer = await owner('POST', '/import', { body: file });
  expect(await problemIn(answer)).toMatchObject({
    status: 400,
    detail: 'Nothing was imported: documents.device.0.preset must be one of "balanced", "quiet", "observe".',
  });
  file.documents.device[0].preset = 'quiet';
  const target = { kind: 'regex', value: '(' };
  file.documents.rule.push({ id: 'r_1', scope: { kind: 'everyone' }, target, action: 'block', createdAt: 1 });
  expect((await owner('POST', '/import', { body: file })).status).toBe(400);
  expect(household.version).toBe(version);
});

test('while the store is away, reading goes on and changes say why they can’t be made', async () => {
  const { asOwner, aPhone, store, household } = await aSite();
  const id = await aPhone();
  const owner = await asOwner();
  const { StoreAway } = await import('../../../../resolver/control/store/store.ts');
  const away = () => Promise.reject(new StoreAway('The store is away; start it again.'));
  Object.assign(store.documents, { commit: away, load: away });
  const answer = await owner('POST', `/devices/${id}/pause`, { body: { minutes: 5 } });
  expect(await problemIn(answer)).toMatchObject({ status: 503, detail: 'The store is away; start it again.' });
  expect(household.get('device', id)).not.toHaveProperty('pausedUntil');
  const state = await (await owner('GET', '/state')).json();
  expect(state.store.reachable).toBe(false);
  expect(state.notices[0]).toMatchObject({ level: 'error' });
  expect((await owner('GET', '/devices')).status).toBe(200);
});
