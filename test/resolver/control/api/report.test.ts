import { expect, test } from 'vitest';
import type { Attempt } from '../../../../resolver/between/attempt-batch.ts';
import { weekOf } from '../../../../resolver/control/api/present/week.ts';
import { aSite, problemIn } from './a-site.ts';

const hour = 3_600_000;
const day = 24 * hour;

async function house() {
  const site = await aSite();
  const owner = await site.asOwner();
  await owner('PATCH', '/settings', { body: { zone: 'UTC' } });
  const phone = await site.aPhone();
  return { ...site, owner, phone };
}

const attempt = (device: string, at: number, domain: string, more: Partial<Attempt> = {}): Attempt => ({
  at,
  device,
  domain,
  qtype: 1,
  outcome: 'blocked',
  purpose: 'system-usage',
  reason: 'purpose:system-usage',
  ...more,
});

test('an export has every matching attempt, with the phone’s name, as CSV or as JSON lines', async () => {
  const { owner, phone, record, clock } = await house();
  await owner('PATCH', `/devices/${phone}`, { body: { name: 'Anna’s, "red"' } });
  const at = clock.wall - hour;
  await record(Array.from({ length: 2500 }, (_, i) => attempt(phone, at + i, `n${i}.example`)));
  await record([attempt('192.168.1.99', at, 'other.example', { purpose: 'ads' })]);
  const csv = await owner('GET', `/attempts/export?device=${phone}`);
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="attempts-\d{4}-\d\d-\d\d\.csv"$/);
  const lines = (await csv.text()).trimEnd().split('\r\n');
  expect(lines).toHaveLength(2501);
  expect(lines[1]).toContain(`,${phone},"Anna’s, ""red""",n2499.example,A,blocked,system-usage,`);
  const json = await owner('GET', '/attempts/export?format=jsonl&purpose=ads');
  const rows = (await json.text()).trimEnd().split('\n');
  expect(rows.map((row) => JSON.parse(row).domain)).toEqual(['other.example']);
});

test('a member exports and reads the own phone, and no other', async () => {
  const { ask, phone, record, clock, aPhone } = await house();
  const other = await aPhone('192.168.1.8', '02:00:00:00:00:08');
  await record([
    attempt(phone, clock.wall - hour, 'mine.example'),
    attempt(other, clock.wall - hour, 'theirs.example'),
  ]);
  const mine = await ask('GET', '/attempts/export?format=jsonl', { from: '192.168.1.7' });
  expect((await mine.text()).trimEnd().split('\n')).toHaveLength(1);
  for (const path of [`/attempts/export?device=${other}`, `/devices/${other}/report`, `/devices/${other}/timeline`]) {
    expect(await problemIn(await ask('GET', path, { from: '192.168.1.7' }))).toMatchObject({ status: 403 });
  }
  expect((await ask('GET', `/devices/${phone}/report`, { from: '192.168.1.7' })).status).toBe(200);
});

test('a timeline shows each purpose hour by hour', async () => {
  const { owner, phone, record, clock } = await house();
  const at = Math.floor(clock.wall / hour) * hour - 5 * hour;
  await record([
    attempt(phone, at, 'a.example'),
    attempt(phone, at + 1, 'b.example'),
    attempt(phone, at + hour, 'c.example', { purpose: 'ads', outcome: 'forwarded' }),
  ]);
  const { cells } = await (await owner('GET', `/devices/${phone}/timeline`)).json();
  expect(cells).toEqual([
    { at: new Date(at).toISOString(), purpose: 'system-usage', blocked: 2, allowed: 0 },
    { at: new Date(at + hour).toISOString(), purpose: 'ads', blocked: 0, allowed: 1 },
  ]);
  expect(await problemIn(await owner('GET', `/devices/${phone}/timeline?from=2030-01-01T00:00:00Z`))).toMatchObject({
    status: 400,
    detail: 'from must be before to.',
  });
});

test('a report of a week says what was tried, let through, new, and at night, and how often something was wanted', async () => {
  const { owner, phone, record, clock } = await house();
  const monday = Date.parse('2026-02-16T00:00:00Z');
  clock.wall = monday + 14 * day;
  await record([
    attempt(phone, monday - day, 'known.example'),
    attempt(phone, monday + 12 * hour, 'known.example'),
    // One wish: two types and a try again.
    attempt(phone, monday + 13 * hour, 'known.example'),
    attempt(phone, monday + 13 * hour + 1000, 'known.example', { qtype: 28 }),
    attempt(phone, monday + 13 * hour + 9000, 'known.example'),
    attempt(phone, monday + day + 2 * hour, 'new.example', { outcome: 'forwarded', purpose: 'ads' }),
    attempt(phone, monday + 7 * day, 'later.example'),
  ]);
  const report = await (await owner('GET', `/devices/${phone}/report?week=2026-W08`)).json();
  expect(report).toMatchObject({
    from: '2026-02-16T00:00:00.000Z',
    to: '2026-02-23T00:00:00.000Z',
    totals: { blocked: 4, allowed: 1, counted: 0 },
    intents: 3,
    purposes: [
      { purpose: 'system-usage', blocked: 4, allowed: 0 },
      { purpose: 'ads', blocked: 0, allowed: 1 },
    ],
    letThrough: [{ domain: 'new.example', blocked: 0, allowed: 1 }],
    night: { attempts: 1, share: 0.2 },
  });
  expect(report.newDomains.map(({ domain }: { domain: string }) => domain)).toEqual(['new.example']);
  expect(report.baseline).toBeUndefined();
});

test('a report compares with the time in which the phone was only observed', async () => {
  const { owner, phone, record, clock } = await house();
  const start = clock.wall;
  await owner('PATCH', `/devices/${phone}`, { body: { preset: 'observe' } });
  await record(
    Array.from({ length: 20 }, (_, i) => attempt(phone, start + (i + 1) * hour, 'a.example', { outcome: 'forwarded' })),
  );
  clock.wall = start + 2 * day;
  await owner('PATCH', `/devices/${phone}`, { body: { preset: 'balanced' } });
  await record(Array.from({ length: 6 }, (_, i) => attempt(phone, clock.wall + (i + 1) * hour, 'a.example')));
  clock.wall += day;
  const { baseline } = await (await owner('GET', `/devices/${phone}/report`)).json();
  expect(baseline).toMatchObject({
    from: new Date(start).toISOString(),
    to: new Date(start + 2 * day).toISOString(),
    before: { attempts: 10, letThrough: 10 },
  });
  expect(baseline.now.attempts).toBeGreaterThan(0);
});

test.each(['Pacific/Auckland', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/Berlin', 'Asia/Kolkata'])(
  'a week begins on Monday at midnight in %s',
  (zone) => {
    const text = (at: number) => new Date(at).toLocaleString('sv-SE', { timeZone: zone });
    const { from, to } = weekOf('2026-W13', zone);
    expect(text(from)).toBe('2026-03-23 00:00:00');
    expect(text(to)).toBe('2026-03-30 00:00:00');
  },
);
