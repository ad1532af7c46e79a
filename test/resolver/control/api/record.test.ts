import { expect, test } from 'vitest';
import type { Attempt } from '../../../../resolver/between/attempt-batch.ts';
import { batchFrom } from '../../../batch-from.ts';
import { aSite, problemIn } from './a-site.ts';

const noon = Date.parse('2026-03-01T12:00:00Z');
const anAttempt = (parts: Partial<Attempt>): Attempt => ({
  at: noon - 60_000,
  device: 'd_1',
  domain: 'data.mistat.xiaomi.com',
  qtype: 28,
  outcome: 'blocked',
  purpose: 'system-usage',
  reason: 'purpose:system-usage',
  ...parts,
});

test('attempts are filtered and come page by page, newest first', async () => {
  const { asOwner, record } = await aSite();
  const owner = await asOwner();
  await record(
    Array.from({ length: 30 }, (_, i) =>
      anAttempt({ at: noon - (30 - i) * 60_000, domain: `n${i}.example`, device: i % 2 ? 'd_1' : 'd_2' }),
    ),
  );
  const read = async (query: string) => (await owner('GET', `/attempts${query}`)).json();
  const names = (page: { attempts: { domain: string }[] }) => page.attempts.map(({ domain }) => domain);
  const seen: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page = await read(`?limit=7${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    seen.push(...names(page));
    cursor = page.next;
  }
  expect(seen).toEqual(Array.from({ length: 30 }, (_, i) => `n${29 - i}.example`));
  expect(names(await read('?device=d_1')).every((name) => Number(name.match(/\d+/)![0]) % 2 === 1)).toBe(true);
  expect(names(await read('?domain=*.example&from=2026-03-01T11:58:00Z'))).toEqual(['n29.example', 'n28.example']);
  expect(await read('?purpose=ads')).toEqual({ attempts: [] });
  expect((await read('?limit=1')).attempts[0]).toMatchObject({
    at: '2026-03-01T11:59:00.000Z',
    qtype: 'AAAA',
    count: 1,
  });
});

test('questions to the record that make no sense are refused with what would', async () => {
  const { asOwner } = await aSite();
  const owner = await asOwner();
  const ask = async (path: string) => problemIn(await owner('GET', path));
  expect(await ask('/attempts?limit=5000')).toMatchObject({ status: 400, detail: 'limit must be at most 1000.' });
  expect(await ask('/attempts?outcome=eaten')).toMatchObject({
    status: 400,
    detail: expect.stringMatching(/^outcome must be one of/),
  });
  expect(await ask('/summary?by=colour')).toMatchObject({
    status: 400,
    detail: expect.stringMatching(/^by must be one of/),
  });
  expect(await ask('/summary?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z')).toMatchObject({
    status: 400,
    detail: 'from must be before to.',
  });
});

test('the summary counts, by hour with times and by purpose with names', async () => {
  const { asOwner, record } = await aSite();
  const owner = await asOwner();
  await record(
    [anAttempt({}), anAttempt({ at: noon - 61_000 }), anAttempt({ outcome: 'forwarded', purpose: 'location' })],
    [{ device: 'd_1', total: 10, blocked: 2 }],
  );
  const byHour = await (await owner('GET', '/summary?device=d_1&by=hour')).json();
  expect(byHour.totals).toEqual({ blocked: 2, allowed: 1, counted: 7 });
  expect(byHour.buckets).toContainEqual({ key: '2026-03-01T11:00:00.000Z', blocked: 2, allowed: 1, counted: 7 });
  const byPurpose = await (await owner('GET', '/summary?by=purpose')).json();
  expect(byPurpose.buckets).toContainEqual({ key: 'system-usage', blocked: 2, allowed: 0, counted: 0 });
});

test('names in a summary are as many as were asked for, most frequent first, and hours all of them', async () => {
  const { asOwner, record } = await aSite();
  const owner = await asOwner();
  const names = Array.from({ length: 40 }, (_, i) => anAttempt({ domain: `n${i}.example`, at: noon - i * 180_000 }));
  await record([...names, anAttempt({ domain: 'n39.example' })]);
  const summary = async (query: string) => (await owner('GET', `/summary?${query}`)).json();
  expect((await summary('by=domain')).buckets.length).toBe(40);
  const { totals, buckets } = await summary('by=domain&limit=1');
  expect(buckets).toEqual([{ key: 'n39.example', blocked: 2, allowed: 0, counted: 0 }]);
  expect(totals.blocked).toBe(41);
  expect((await summary('by=hour&limit=1')).buckets.length).toBeGreaterThan(1);
  expect(await problemIn(await owner('GET', '/summary?by=domain&limit=20000'))).toMatchObject({ status: 400 });
});

test('a device shows what happened to it since its midnight', async () => {
  const { asOwner, aPhone, record, household } = await aSite();
  const id = await aPhone();
  const owner = await asOwner();
  await owner('PATCH', '/settings', { body: { zone: 'Asia/Kolkata' } });
  expect(household.settings().zone).toBe('Asia/Kolkata');
  // Midnight there is 18:30 UTC of the day before; the record counts whole hours.
  await record([anAttempt({ device: id, at: Date.parse('2026-02-28T16:59:00Z') }), anAttempt({ device: id })]);
  expect((await (await owner('GET', `/devices/${id}`)).json()).today).toMatchObject({ blocked: 1 });
  expect((await (await owner('GET', '/state')).json()).today).toMatchObject({ blocked: 1 });
});

test('the card of a name says what it is, who says so and who asked', async () => {
  const { asOwner, record } = await aSite();
  const owner = await asOwner();
  await record([anAttempt({}), anAttempt({ outcome: 'cached', at: noon - 1000 }), anAttempt({ device: 'd_2' })]);
  const card = await (await owner('GET', '/domains/DATA.mistat.xiaomi.com.')).json();
  expect(card).toMatchObject({ name: 'data.mistat.xiaomi.com', purpose: 'system-usage', protected: false });
  expect(card.evidence[0]).toMatchObject({ pack: 'xiaomi', purpose: 'system-usage' });
  expect(card.evidence[0].sources.length).toBeGreaterThan(0);
  expect(card.firstSeen).toBe('2026-03-01T11:59:00.000Z');
  expect(card.askedBy).toEqual([
    { device: 'd_1', lastAt: '2026-03-01T11:59:59.000Z', blocked: 1, allowed: 1 },
    { device: 'd_2', lastAt: '2026-03-01T11:59:00.000Z', blocked: 1, allowed: 0 },
  ]);
  const unknown = await (await owner('GET', '/domains/nothing.example')).json();
  expect(unknown).toMatchObject({ evidence: [], askedBy: [] });
  expect(unknown).not.toHaveProperty('firstSeen');
});

test('packs tell what each purpose means and what blocking it breaks', async () => {
  const { asOwner } = await aSite();
  const { packs, purposes } = await (await (await asOwner())('GET', '/packs')).json();
  expect(packs.map(({ id }: { id: string }) => id)).toContain('xiaomi');
  const updates = purposes.find(({ id }: { id: string }) => id === 'updates');
  expect(updates).toMatchObject({ balanced: 'allow', protected: false });
  expect(updates.breaks.length).toBeGreaterThan(0);
});

test('when something broke, what is new or known to break stands above the usual noise', async () => {
  const { asOwner, aPhone, record } = await aSite();
  const id = await aPhone();
  const owner = await asOwner();
  const noise = Array.from({ length: 40 }, (_, i) => anAttempt({ device: id, at: noon - 3_600_000 + i * 60_000 }));
  await record([
    ...noise,
    anAttempt({ device: id, at: noon - 5 * 60_000, domain: 'old.example' }),
    anAttempt({ device: id, at: noon - 30_000 }),
    anAttempt({ device: id, at: noon - 40_000, domain: 'shop.example', purpose: undefined, reason: 'list:l_1' }),
  ]);
  const broke = await (await owner('POST', `/devices/${id}/broke`)).json();
  expect(broke.suspects.map(({ domain }: { domain: string }) => domain)).toEqual([
    'shop.example',
    'data.mistat.xiaomi.com',
  ]);
  expect(broke.suspects[0].says).toContain('not blocked on this phone in the day before');
  expect(broke).toMatchObject({ from: '2026-03-01T11:58:00.000Z', to: '2026-03-01T12:00:00.000Z' });
});

/** Reads events until as many came as are wanted, then leaves. */
async function eventsOf(answer: Response, wanted: number): Promise<{ event: string; id?: string; data: string }[]> {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const events: { event: string; id?: string; data: string }[] = [];
  for (let text = ''; events.length < wanted; ) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block
          .split('\n')
          .filter((line) => !line.startsWith(':'))
          .map((line) => line.split(/: (.*)/s)),
      );
      if (fields.event) events.push(fields as { event: string; data: string });
    }
  }
  await reader.cancel();
  return events;
}

test('the live stream goes on where the page was cut off', async () => {
  const { asOwner, live } = await aSite();
  const owner = await asOwner();
  const first = await owner('GET', '/attempts/stream');
  expect(first.headers.get('content-type')).toContain('text/event-stream');
  live.add(batchFrom({ attempts: [anAttempt({ domain: 'one.example' })] }));
  const [one] = await eventsOf(first, 1);
  expect(JSON.parse(one.data)).toMatchObject({ domain: 'one.example', qtype: 'AAAA', count: 1 });
  live.add(batchFrom({ attempts: [anAttempt({ domain: 'missed.example' })] }));
  const again = await owner('GET', '/attempts/stream', { headers: { 'last-event-id': one.id! } });
  live.add(batchFrom({ attempts: [anAttempt({ domain: 'new.example' })] }));
  const events = await eventsOf(again, 2);
  expect(events.map(({ data }) => JSON.parse(data).domain)).toEqual(['missed.example', 'new.example']);
});

test('a page that was away for too long is told that there is a gap', async () => {
  const { asOwner } = await aSite();
  const answer = await (await asOwner())('GET', '/attempts/stream', { headers: { 'last-event-id': 'another-run-7' } });
  expect(await eventsOf(answer, 1)).toMatchObject([{ event: 'gap' }]);
});

test('a stream shows one device, and only to who may see it', async () => {
  const { asOwner, ask, aPhone, live } = await aSite();
  const id = await aPhone();
  const member = await ask('GET', '/attempts/stream', { from: '192.168.1.7' });
  live.add(
    batchFrom({
      attempts: [
        anAttempt({ device: 'd_other', domain: 'theirs.example' }),
        anAttempt({ device: id, domain: 'mine.example' }),
      ],
    }),
  );
  expect((await eventsOf(member, 1)).map(({ data }) => JSON.parse(data).domain)).toEqual(['mine.example']);
  expect((await ask('GET', '/attempts/stream?device=d_other', { from: '192.168.1.7' })).status).toBe(403);
  const owner = await asOwner();
  const filtered = await owner('GET', '/attempts/stream?domain=*.example.net');
  live.add(batchFrom({ attempts: [anAttempt({ domain: 'example.org' }), anAttempt({ domain: 'a.example.net' })] }));
  expect((await eventsOf(filtered, 1)).map(({ data }) => JSON.parse(data).domain)).toEqual(['a.example.net']);
});

test('a stream follows a device that becomes another one, and one that has become so before', async () => {
  const { asOwner, aPhone, household, devices, live } = await aSite();
  const [kept, gone] = [await aPhone(), await aPhone('192.168.1.8', '02:00:00:00:00:08')];
  devices.reload();
  const owner = await asOwner();
  const before = await owner('GET', `/attempts/stream?device=${gone}`);
  expect((await owner('POST', `/devices/${kept}/merge`, { body: { device: gone } })).status).toBe(200);
  expect(household.get('device', gone)).toBeUndefined();
  const after = await owner('GET', `/attempts/stream?device=${gone}`);
  // One question is still on its way under the old id.
  const attempts = [
    anAttempt({ device: 'd_other' }),
    anAttempt({ device: gone, domain: 'old.example' }),
    anAttempt({ device: kept, domain: 'new.example' }),
  ];
  live.add(batchFrom({ attempts }));
  for (const stream of [before, after]) {
    const shown = (await eventsOf(stream, 2)).map(({ data }) => JSON.parse(data));
    expect(shown.map(({ device, domain }) => [device, domain])).toEqual([
      [kept, 'old.example'],
      [kept, 'new.example'],
    ]);
  }
});

test('a change can be tried out on the record without being made', async () => {
  const { asOwner, aPhone, record, household } = await aSite();
  const id = await aPhone();
  const owner = await asOwner();
  await record([
    anAttempt({ device: id }),
    anAttempt({ device: id, at: noon - 90_000 }),
    anAttempt({
      device: id,
      domain: 'connect.rom.miui.com',
      outcome: 'forwarded',
      purpose: 'connectivity-check',
      reason: 'purpose:connectivity-check',
    }),
  ]);
  const { version } = household;
  const simulate = async (change: unknown) => (await owner('POST', '/simulate', { body: { change } })).json();
  expect(await simulate({ kind: 'purpose', device: id, purpose: 'system-usage', action: 'allow' })).toMatchObject({
    from: '2026-02-22T12:00:00.000Z',
    attempts: 3,
    wouldBlock: 0,
    wouldAllow: 2,
    domains: [{ domain: 'data.mistat.xiaomi.com', to: 'pass', count: 2, devices: [id] }],
  });
  const rule = { scope: { kind: 'device', id }, target: { kind: 'everything' }, action: 'block' };
  expect(await simulate({ kind: 'rule', rule })).toMatchObject({ wouldBlock: 1, wouldAllow: 0 });
  expect(await simulate({ kind: 'preset', preset: 'observe' })).toMatchObject({ wouldAllow: 2 });
  expect(household.version).toBe(version);
  const nowhere = { kind: 'purpose', device: 'd_gone', purpose: 'ads', action: 'allow' };
  expect((await owner('POST', '/simulate', { body: { change: nowhere } })).status).toBe(404);
});
