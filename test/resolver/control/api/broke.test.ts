import { describe, expect, it, test } from 'vitest';
import type { Pack } from '../../../../lists/pack/format.ts';
import { type Blocked, foldSuspects, suspects } from '../../../../resolver/control/api/suspects.ts';
import type { AttemptRow } from '../../../../resolver/control/store/store.ts';
import { aSite, PHONE, problemIn } from './a-site.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const now = Date.parse('2026-03-01T20:00:00Z');

const row = (domain: string, ago: number, more: Partial<AttemptRow> = {}): AttemptRow => ({
  at: now - ago,
  device: 'redmi',
  domain,
  qtype: 1,
  outcome: 'blocked',
  reason: 'purpose:third-party-sdk',
  purpose: 'third-party-sdk',
  count: 1,
  ...more,
});
const every = (domain: string, gap: number, from: number, to: number, more: Partial<AttemptRow> = {}) =>
  Array.from({ length: Math.ceil((from - to) / gap) }, (_, i) => row(domain, from - i * gap, more));

const pack = {
  id: 'maker',
  names: [{ name: 'themes.maker.example', match: 'suffix', purpose: 'personalisation', breaks: 'Themes do not load.' }],
} as unknown as Pack;

const rank = (known: Partial<Blocked>) =>
  suspects({ recent: [], usual: [], never: new Set(), missed: new Set(), packs: [pack], now, ...known });
const order = (known: Partial<Blocked>) => rank(known).map(({ domain }) => domain);

describe('what broke', () => {
  const telemetry = { purpose: 'system-usage', reason: 'purpose:system-usage' } as const;
  const ads = { purpose: 'ads', reason: 'purpose:ads' } as const;
  /** A phone at rest: usage reports every 20 seconds, ads every hour or so, all day. */
  const background = {
    recent: every('data.mistat.example', 20 * SECOND, 2 * MINUTE, 0, telemetry),
    usual: [
      ...every('data.mistat.example', 10 * MINUTE, 24 * HOUR, 3 * MINUTE, telemetry),
      ...every('ad.example', HOUR, 24 * HOUR, 3 * MINUTE, ads),
    ],
  };

  it('a shop that was opened for the first time stands above what is blocked all day', () => {
    const { recent, usual } = background;
    const shop = [0, 300, 900].map((wait) => row('pay.shop.example', 20 * SECOND - wait, { qtype: 28 }));
    const opened = [row('ad.example', 19 * SECOND, ads)];
    const never = new Set(['pay.shop.example']);
    const ranked = rank({ recent: [...recent, ...shop, ...opened], usual, never });
    expect(ranked.map(({ domain }) => domain)).toEqual(['pay.shop.example', 'ad.example', 'data.mistat.example']);
    expect(ranked[0].says).toBe(
      'It was not blocked on this phone in the day before. This phone never asked for it before. It was asked for in one go, just now.',
    );
    expect(ranked[2].says).toBe(
      'Phones work without it. It is asked for at regular intervals, as in the background. It is blocked on this phone all day long.',
    );
  });

  it('what is known to break something stands above an unknown name that is asked for every day', () => {
    const usual = [...every('cdn.sdk.example', 3 * HOUR, 24 * HOUR, HOUR), row('themes.maker.example', 5 * HOUR)];
    const recent = [row('cdn.sdk.example', 30 * SECOND), row('themes.maker.example', 40 * SECOND)];
    expect(order({ recent, usual })).toEqual(['themes.maker.example', 'cdn.sdk.example']);
    expect(rank({ recent, usual })[0]).toMatchObject({ breaks: 'Themes do not load.' });
  });

  it('names that a phone makes up are nothing to allow', () => {
    const madeUp = [row('*.tracker.example', SECOND), row('*', SECOND)];
    expect(order({ recent: [...madeUp, row('login.example', 10 * SECOND)] })).toEqual(['login.example']);
  });

  it('ads that come in the same burst as the thing that broke stand below it', () => {
    const recent = [row('banner.example', 10 * SECOND, ads), row('login.example', 10 * SECOND)];
    expect(order({ recent })).toEqual(['login.example', 'banner.example']);
  });

  it('what was missed before stands first, even when it is blocked all day', () => {
    const { recent, usual } = background;
    const missed = new Set(['data.mistat.example']);
    const known = { recent: [...recent, row('other.example', MINUTE)], usual: [...usual, row('other.example', HOUR)] };
    expect(order({ ...known, missed })[0]).toBe('data.mistat.example');
  });

  it('A and AAAA in one breath are one try', () => {
    const recent = [1, 28, 65].map((qtype) => row('x.example', 10 * SECOND, { qtype }));
    expect(rank({ recent })[0].count).toBe(1);
  });

  it('suspects are folded by what they are for, the likeliest of each in front', () => {
    const recent = [
      row('banner.example', 10 * SECOND, ads),
      row('login.example', 10 * SECOND),
      row('api.example', 50 * SECOND),
      row('listed.example', 10 * SECOND, { purpose: undefined, reason: 'list:l_1' }),
    ];
    const folds = foldSuspects(rank({ recent }));
    expect(folds.map(({ title, domains }) => [title, domains])).toEqual([
      ['A list', ['listed.example']],
      ["Other companies' trackers", ['login.example', 'api.example']],
      ['Advertising', ['banner.example']],
    ]);
  });
});

async function brokenShop() {
  const site = await aSite();
  const id = await site.aPhone();
  const at = site.clock.wall - 30 * SECOND;
  await site.record([{ ...row('pay.shop.example', 0), at, device: id }]);
  const tryName = async (from: string, more: object = {}) => {
    const body = {
      scope: { kind: 'device', id },
      target: { kind: 'domain', value: 'pay.shop.example' },
      action: 'allow',
      until: site.clock.wall + 10 * MINUTE,
      ...more,
    };
    return (await (await site.ask('POST', '/rules', { from, body })).json()).id as string;
  };
  return { ...site, id, tryName };
}

test('from the phone itself: one name is tried, was not it, and is blocked again', async () => {
  const { ask, id, tryName, household } = await brokenShop();
  const broke = await (await ask('POST', `/devices/${id}/broke`, { from: PHONE })).json();
  expect(broke.suspects).toMatchObject([{ domain: 'pay.shop.example' }]);
  const rule = await tryName(PHONE);
  const answer = await ask('POST', `/devices/${id}/broke/helped`, { from: PHONE, body: { rule, helped: 'no' } });
  expect(answer.status).toBe(200);
  expect(household.count('rule')).toBe(0);
  expect(household.get('device', id)).toBeDefined();
});

test('a name that is needed now and then is remembered and stands first the next time', async () => {
  const { ask, id, tryName, household, clock, record } = await brokenShop();
  const rule = await tryName(PHONE);
  const body = { rule, helped: 'when-needed' };
  const device = await (await ask('POST', `/devices/${id}/broke/helped`, { from: PHONE, body })).json();
  expect(device.missed).toMatchObject([{ domain: 'pay.shop.example' }]);
  expect(household.get('rule', rule)?.until).toBe(clock.wall + 10 * MINUTE);
  clock.wall += HOUR;
  await record(
    ['new.example', 'pay.shop.example'].map((domain) => ({ ...row(domain, 0), at: clock.wall - SECOND, device: id })),
  );
  const broke = await (await ask('POST', `/devices/${id}/broke`, { from: PHONE })).json();
  expect(broke.suspects[0]).toMatchObject({ domain: 'pay.shop.example' });
  expect(broke.suspects[0].says).toContain('what was missed on this phone before');
});

test('only the owner keeps a name for good, and nobody ends by it what was decided for good', async () => {
  const { ask, asOwner, id, tryName, household } = await brokenShop();
  const owner = await asOwner();
  const path = `/devices/${id}/broke/helped`;
  const rule = await tryName(PHONE);
  expect((await ask('POST', path, { from: PHONE, body: { rule, helped: 'keep' } })).status).toBe(403);
  expect((await owner('POST', path, { body: { rule, helped: 'keep' } })).status).toBe(200);
  expect(household.get('rule', rule)).toMatchObject({ comment: 'Something broke without it.' });
  expect(household.get('rule', rule)).not.toHaveProperty('until');
  const refused = await problemIn(await ask('POST', path, { from: PHONE, body: { rule, helped: 'no' } }));
  expect(refused).toMatchObject({ status: 400, errors: [{ field: 'rule' }] });
  expect(household.count('rule')).toBe(1);
});
