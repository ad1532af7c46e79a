import { describe, expect, it } from 'vitest';
import { aSite, PHONE, problemIn } from './a-site.ts';

const everyone = { kind: 'everyone' };
const tracker = { kind: 'suffix', value: 'mistat.xiaomi.com' };

async function aHome() {
  const site = await aSite();
  const id = await site.aPhone();
  const owner = await site.asOwner();
  const post = (body: object) => owner('POST', '/rules', { body });
  const explain = async (at?: number) => {
    const when = at === undefined ? '' : `&at=${at}`;
    return (await owner('GET', `/explain?device=${id}&domain=data.mistat.xiaomi.com${when}`)).json();
  };
  return { ...site, id, owner, post, explain };
}

describe('rules', () => {
  it('on a person hold for the person’s phones', async () => {
    const { owner, id, post, explain } = await aHome();
    const ana = await (await owner('POST', '/people', { body: { name: 'Ana', devices: [id] } })).json();
    await post({ scope: { kind: 'group', id: ana.id }, target: tracker, action: 'allow' });
    expect((await explain()).steps.find(({ spoke }: { spoke: boolean }) => spoke)).toMatchObject({ level: 'group' });
    await owner('PATCH', `/people/${ana.id}`, { body: { devices: [] } });
    expect((await explain()).verdict.action).toBe('block');
  });

  it('say how a blocked name is answered, and not how an allowed one is', async () => {
    const { post, explain } = await aHome();
    const rule = { scope: everyone, target: { kind: 'domain', value: 'data.mistat.xiaomi.com' } };
    expect((await post({ ...rule, action: 'block', mode: 'refused' })).status).toBe(201);
    expect(await explain()).toMatchObject({ verdict: { action: 'block' }, mode: 'refused' });
    const refused = await problemIn(await post({ ...rule, action: 'allow', mode: 'refused' }));
    expect(refused).toMatchObject({ status: 400, errors: [{ field: 'mode' }] });
  });

  it('with several windows hold in each, in their own zone, and can be changed one part at a time', async () => {
    const { owner, post, explain, clock } = await aHome();
    const windows = [
      { days: [7], from: '13:00', to: '14:00' },
      { days: [1, 2], from: '22:30', to: '06:00' },
    ];
    const body = { scope: everyone, target: tracker, action: 'allow', schedule: { zone: 'Europe/Berlin', windows } };
    const rule = await (await post(body)).json();
    const verdictAt = async (time: string) => {
      clock.wall = Date.parse(time);
      return (await explain()).verdict.action;
    };
    expect(await verdictAt('2026-03-01T11:59:59Z')).toBe('block');
    expect(await verdictAt('2026-03-01T12:00:00Z')).toBe('allow');
    expect(await verdictAt('2026-03-01T13:00:00Z')).toBe('block');
    expect(await verdictAt('2026-03-03T04:59:59Z')).toBe('allow');
    expect(await verdictAt('2026-03-03T05:00:00Z')).toBe('block');
    await owner('PATCH', `/rules/${rule.id}`, { body: { schedule: null } });
    expect((await explain()).verdict.action).toBe('allow');
    await owner('PATCH', `/rules/${rule.id}`, { body: { action: 'block' } });
    expect((await explain()).verdict.reason).toBe(`rule:${rule.id}`);
  });

  it('with regular expressions are few enough to be compared with every name', async () => {
    const { post, household } = await aHome();
    const rules = Array.from({ length: 50 }, (_, i) => ({
      kind: 'rule' as const,
      id: `r${i}`,
      value: {
        id: `r${i}`,
        scope: { kind: 'everyone' as const },
        target: { kind: 'regex' as const, value: `^${i}` },
        action: 'block' as const,
        createdAt: 0,
      },
    }));
    await household.note(rules);
    const refused = await problemIn(
      await post({ scope: everyone, target: { kind: 'regex', value: 'x' }, action: 'block' }),
    );
    expect(refused).toMatchObject({ status: 409 });
    expect(refused.detail).toContain('put several into one');
  });
});

describe('explain', () => {
  it('of a time in the past says what held then, though it ended, was taken back or forgotten since', async () => {
    const { owner, post, explain, clock, id, household } = await aHome();
    const start = clock.wall;
    const minute = 60_000;
    const said = async (at: number) => (await explain(at)).verdict.action;

    clock.wall = start + minute;
    const rule = await (
      await post({ scope: everyone, target: tracker, action: 'allow', until: start + 5 * minute })
    ).json();
    clock.wall = start + 10 * minute;
    await owner('PUT', `/devices/${id}/purposes/system-usage`, { body: { action: 'allow' } });
    clock.wall = start + 20 * minute;
    await owner('PUT', `/devices/${id}/purposes/system-usage`, { body: { action: 'inherit' } });
    // What has ended is tidied away without history.
    await household.note([{ kind: 'rule', id: rule.id, edit: () => undefined }]);
    clock.wall = start + 30 * minute;

    const told = [];
    for (const after of [0, 1, 4.9, 5, 10, 19.9, 20, 30]) told.push(await said(start + after * minute));
    expect(told).toEqual(['block', 'allow', 'allow', 'block', 'allow', 'allow', 'block', 'block']);
    expect(await explain(start)).toMatchObject({
      at: new Date(start).toISOString(),
      asOf: expect.stringContaining('of that time'),
    });
    expect(await explain()).not.toHaveProperty('asOf');
  });

  it('does not make up what history has forgotten', async () => {
    const { owner, clock, household, id } = await aHome();
    for (let i = 0; i < 1001; i++) {
      clock.wall += 1000;
      await household.change({ by: 'owner', what: `Renamed ${i}` }, [
        { kind: 'group', id: 'g', value: { id: 'g', kind: 'group', name: `${i}` } },
      ]);
    }
    const early = Date.parse('2026-03-01T12:00:00Z');
    const answer = await owner('GET', `/explain?device=${id}&domain=xiaomi.com&at=${early}`);
    const refused = await problemIn(answer);
    expect(refused).toMatchObject({ status: 400, errors: [{ field: 'at' }] });
    expect(refused.detail).toContain('reaches back to');
  });
});

describe('devices that nobody decided about', () => {
  it('are those that come after the household said so; giving one a name is deciding', async () => {
    const { owner, aPhone, clock, household, ask } = await aHome();
    await owner('PATCH', '/settings', { body: { unknownDevices: 'hold' } });
    clock.wall += 1000;
    const later = await aPhone('192.168.1.9', '02:00:00:00:00:09');
    const told = () => household.policySnapshot().devices.map(({ undecided }) => undecided === true);
    const seen = { firstSeen: clock.wall };
    await household.note([{ kind: 'device', id: later, edit: (device) => device && { ...device, ...seen } }]);
    expect(told()).toEqual([false, true]);
    expect(await (await owner('GET', `/devices/${later}`)).json()).toMatchObject({ undecided: 'hold' });
    expect((await ask('POST', `/devices/${later}/pause`, { from: '192.168.1.9', body: { minutes: 10 } })).status).toBe(
      401,
    );
    expect(await (await ask('GET', '/me', { from: '192.168.1.9' })).json()).toMatchObject({
      says: expect.stringContaining('waits for a decision'),
      may: { pause: false },
    });
    expect((await ask('GET', '/me', { from: PHONE })).status).toBe(200);
    await owner('PATCH', `/devices/${later}`, { body: { name: 'Guest phone' } });
    expect(told()).toEqual([false, false]);
  });
});

it('an edit that names the state it saw is refused when somebody else was faster, and nothing is lost', async () => {
  const { asOwner, household } = await aSite();
  const owner = await asOwner();
  const body = { scope: { kind: 'everyone' }, target: { kind: 'domain', value: 'a.example' }, action: 'block' };
  const made = await owner('POST', '/rules', { body });
  const { id } = await made.json();
  const tag = made.headers.get('etag')!;
  expect((await owner('GET', `/rules/${id}`)).headers.get('etag')).toBe(tag);
  const edit = (comment: string, seen: string) =>
    owner('PATCH', `/rules/${id}`, { body: { comment }, headers: { 'if-match': seen } });
  const [one, two] = await Promise.all([edit('one', tag), edit('two', tag)]);
  expect([one.status, two.status]).toEqual([200, 412]);
  expect((await problemIn(two)).detail).toBe(
    'Somebody changed this since you looked at it; look again and repeat your change.',
  );
  expect(household.get('rule', id)?.comment).toBe('one');
  expect((await owner('DELETE', `/rules/${id}`, { headers: { 'if-match': tag } })).status).toBe(412);
  expect((await edit('two', one.headers.get('etag')!)).status).toBe(200);
  expect((await edit('three', '*')).status).toBe(200);
  const settings = await owner('GET', '/settings');
  const seen = { 'if-match': settings.headers.get('etag')! };
  expect((await owner('PATCH', '/settings', { body: { blockTtl: 20 }, headers: seen })).status).toBe(200);
  expect((await owner('PATCH', '/settings', { body: { blockTtl: 40 }, headers: seen })).status).toBe(412);
  expect(household.settings().blockTtl).toBe(20);
});
