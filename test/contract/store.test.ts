import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../resolver/control/store/open.ts';
import { type AttemptFilter, type AttemptRow, Conflict, type Store } from '../../resolver/control/store/store.ts';
import { batchFrom } from '../batch-from.ts';
import { attemptBy, batchOf, numbers } from './attempts.ts';
import { type Backend, backends } from './backends.ts';
import { inOrder, RecordModel } from './record-model.ts';

const hour = 3_600_000;
const noon = Date.UTC(2026, 2, 10, 12);

describe.each(Object.entries(backends))('on %s', (_name, startBackend) => {
  let backend: Backend;
  let now = noon;
  let homes = 0;
  let home: string;
  const opened: Store[] = [];

  /** Every test has a household of its own; each call is another resolver of it. */
  async function open(): Promise<Store> {
    const url = backend.url === 'sqlite' ? `sqlite:${home}.db` : backend.url;
    const store = await openStore(url, { dataDir: backend.dataDir, home, now: () => now });
    await store.start();
    opened.push(store);
    return store;
  }

  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend?.stop());
  beforeEach(() => {
    now = noon;
    home = `home${++homes}`;
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.stop();
  });

  describe('documents', () => {
    test('come back as they were committed, with the number of their last change', async () => {
      const { documents } = await open();
      expect(await documents.load()).toEqual({ version: 0, documents: [] });
      const first = await documents.commit([
        { kind: 'rule', id: 'r 1', value: { text: 'ünï "quoted"\n', list: [1, null] }, expected: 0 },
        { kind: 'device', id: 'd:1', value: 'a text' },
      ]);
      const second = await documents.commit([
        { kind: 'rule', id: 'r 1', value: false, expected: first },
        { kind: 'group', id: 'g', value: {} },
      ]);
      await documents.commit([{ kind: 'group', id: 'g', value: undefined }]);
      const reopened = await open();
      const { version, documents: loaded } = await reopened.documents.load();
      expect(version).toBeGreaterThan(second);
      expect(loaded).toHaveLength(2);
      expect(loaded).toContainEqual({ kind: 'rule', id: 'r 1', version: second, value: false });
      expect(loaded).toContainEqual({ kind: 'device', id: 'd:1', version: first, value: 'a text' });
    });

    test('are committed all or none when one of them was changed meanwhile', async () => {
      const { documents } = await open();
      const version = await documents.commit([{ kind: 'rule', id: 'a', value: 1 }]);
      await documents.commit([{ kind: 'rule', id: 'a', value: 2 }]);
      const late = documents.commit([
        { kind: 'rule', id: 'b', value: 1 },
        { kind: 'rule', id: 'a', value: 3, expected: version },
      ]);
      await expect(late).rejects.toThrow(Conflict);
      await expect(documents.commit([{ kind: 'rule', id: 'a', value: 3, expected: 0 }])).rejects.toThrow(Conflict);
      await expect(documents.commit([{ kind: 'rule', id: 'c', value: 3, expected: 7 }])).rejects.toThrow(Conflict);
      expect((await documents.load()).documents.map(({ value }) => value)).toEqual([2]);
    });

    test('lose no edit when two resolvers change the same one at the same time', async () => {
      const resolvers = await Promise.all([open(), open()]);
      await resolvers[0].documents.commit([{ kind: 'counter', id: 'c', value: 0 }]);
      const increment = async ({ documents }: Store): Promise<void> => {
        const [counter] = (await documents.load()).documents;
        try {
          await documents.commit([{ ...counter, value: Number(counter.value) + 1, expected: counter.version }]);
        } catch (error) {
          if (!(error instanceof Conflict)) throw error;
          return increment({ documents } as Store);
        }
      };
      await Promise.all(Array.from({ length: 20 }, (_, i) => increment(resolvers[i % 2])));
      expect((await resolvers[1].documents.load()).documents[0].value).toBe(20);
    });

    test('tell the other resolver of a change within a second, and not the one that made it', async () => {
      const [mine, other] = [await open(), await open()];
      let told = 0;
      mine.documents.watch(() => told++);
      const changed = new Promise<void>((resolve) => void other.documents.watch(resolve));
      const began = performance.now();
      await mine.documents.commit([{ kind: 'rule', id: 'a', value: 1 }]);
      await changed;
      expect(performance.now() - began).toBeLessThan(1000);
      expect(told).toBe(0);
    });
  });

  test.skipIf(_name === 'SQLite')('nodes know of each other and hear what is told', async () => {
    const [mine, other] = [(await open()).nodes!, (await open()).nodes!];
    const state = (id: string) => ({
      id,
      name: `node ${id}`,
      version: '1',
      startedAt: noon,
      answering: true,
      policyVersion: 3,
      watching: false,
    });
    await mine.beat(state('a'));
    await other.beat(state('b'));
    await other.beat({ ...state('b'), watching: true });
    const seen = (await mine.all()).sort((a, b) => a.id.localeCompare(b.id));
    expect(seen).toEqual([
      { ...state('a'), silentFor: expect.any(Number) },
      { ...state('b'), watching: true, silentFor: expect.any(Number) },
    ]);
    for (const { silentFor } of seen) expect(silentFor).toBeLessThan(5000);
    const heard = new Promise<string>((resolve) => void mine.hear('attempts', resolve));
    let forgotten = 0;
    mine.hear('forgotten', () => forgotten++);
    await other.tell('attempts', 'a text');
    expect(await heard).toBe('a text');
    expect(forgotten).toBe(0);
    await other.leave('b');
    expect((await mine.all()).map(({ id }) => id)).toEqual(['a']);
  });

  describe('record', () => {
    const phone = (at: number, domain: string, more = {}) => ({
      at,
      device: 'phone',
      domain,
      qtype: 1,
      outcome: 'blocked' as const,
      purpose: 'ads' as const,
      reason: 'purpose:ads',
      ...more,
    });

    async function allPages(
      store: Store,
      filter: Omit<AttemptFilter, 'limit'>,
      limit: number,
      between?: () => Promise<void>,
    ) {
      const rows: AttemptRow[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await store.record.attempts({ ...filter, limit, cursor });
        expect(page.attempts.length).toBeLessThanOrEqual(limit);
        rows.push(...page.attempts);
        if (!page.next) return rows;
        cursor = page.next;
        await between?.();
      }
    }

    /** Two resolvers record three devices for some hours, in batches of all sizes. */
    async function recordSome(model: RecordModel, hours: number, random = numbers(7)): Promise<Store> {
      const writers = [await open(), await open()];
      const sequences = [0, 0];
      for (now = noon - hours * hour; now < noon; now += 1 + random(120_000)) {
        const writer = random(2);
        const attempts = Array.from({ length: random(9) }, () =>
          attemptBy(['phone', 'tablet', '192.168.1.77'][random(3)], now - random(1500), random),
        );
        model.add(attempts);
        await writers[writer].record.append(batchOf(`boot${writer}`, ++sequences[writer], attempts, random(5)), now);
      }
      now = noon;
      return writers[0];
    }

    test('holds a batch once however often it is added', async () => {
      const { record } = await open();
      const first = batchOf('boot', 1, [phone(noon, 'a.mi.com'), phone(noon + 5000, 'b.mi.com')], 3);
      const second = batchOf('boot', 2, [phone(noon + 9000, 'a.mi.com')]);
      for (const batch of [first, first, second, first, second]) await record.append(batch, noon);
      await (await open()).record.append(second, noon);
      const { attempts } = await record.attempts({ limit: 10 });
      expect(attempts.map(({ at, domain, count }) => [at, domain, count])).toEqual([
        [noon + 9000, 'a.mi.com', 1],
        [noon + 5000, 'b.mi.com', 1],
        [noon, 'a.mi.com', 1],
      ]);
      const { totals } = await record.summary({ from: noon, to: noon + 1, by: 'device' });
      expect(totals).toEqual({ blocked: 3, allowed: 0, counted: 3 });
    });

    test('gives back every attempt of several resolvers under every filter, page by page', async () => {
      const model = new RecordModel();
      const { record } = await recordSome(model, 9);
      const store = opened[0];
      const filters: Omit<AttemptFilter, 'limit'>[] = [
        {},
        { device: 'phone' },
        { device: ['tablet', 'phone', 'nobody'] },
        { device: ['tablet', '192.168.1.77'], purpose: 'ads', domain: '*.xiaomi.com' },
        { device: '192.168.1.77', outcome: 'blocked' },
        { purpose: 'ads' },
        { device: 'tablet', purpose: 'ads', outcome: 'forwarded' },
        { domain: 'api.ad.intl.xiaomi.com' },
        { domain: '*.miui.com' },
        { domain: '*.intl.miui.com', device: 'phone', from: noon - 5 * hour - 1234, to: noon - 2 * hour },
        { from: noon - 90_000 },
        { to: noon - 8 * hour },
        { device: 'nobody' },
        { domain: 'never.asked.example' },
      ];
      for (const filter of filters) {
        for (const limit of [3, 1000]) {
          const rows = await allPages(store, filter, limit);
          expect(inOrder(rows), JSON.stringify(filter)).toEqual(inOrder(model.rows(filter)));
          expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).sort((a, b) => b - a));
        }
      }
      await record.compact();
      expect(inOrder(await allPages(store, {}, 50))).toEqual(inOrder(model.rows()));
    });

    test('loses and doubles no row between pages when many have the same time and hours are compacted meanwhile', async () => {
      const store = await open();
      const attempts = Array.from({ length: 200 }, (_, i) =>
        phone(noon - 10 - Math.floor(i / 50) * 1000, `n${i}.mi.com`, { device: `device${i % 7}` }),
      );
      for (let i = 0; i < 10; i++)
        await store.record.append(batchOf('boot', i, attempts.slice(i * 20, i * 20 + 20)), noon);
      let added = 10;
      const rows = await allPages(store, { to: noon }, 7, async () => {
        now += 20 * 60_000;
        // What comes in while somebody reads: newer attempts, and more of a second that was read already.
        const late = [phone(now, 'late.mi.com'), { ...attempts[0], at: attempts[0].at + 1 }];
        await store.record.append(batchOf('boot', added++, late), now);
        await store.record.compact();
      });
      const names = rows.map(({ domain }) => domain);
      expect(new Set(names).size).toBe(names.length);
      expect(names.toSorted()).toEqual(attempts.map(({ domain }) => domain).sort());
    });

    test('rolls up hours by every split, the open ones too, and keeps them when attempts are dropped', async () => {
      const model = new RecordModel();
      const store = await recordSome(model, 30);
      const span = { from: noon - 40 * hour, to: noon + hour };
      const blocked = model.count(({ outcome }) => outcome === 'blocked');
      const allowed = model.count(({ outcome }) => outcome !== 'blocked');
      const check = async () => {
        const byDevice = await store.record.summary({ ...span, by: 'device' });
        expect(byDevice.totals).toMatchObject({ blocked, allowed });
        expect(byDevice.totals.counted).toBeGreaterThan(0);
        for (const by of ['hour', 'day', 'outcome', 'device'] as const) {
          const { buckets } = await store.record.summary({ ...span, by });
          expect(sum(buckets.map((bucket) => bucket.blocked)), by).toBe(blocked);
          expect(sum(buckets.map((bucket) => bucket.allowed)), by).toBe(allowed);
        }
        const { buckets: domains } = await store.record.summary({
          ...span,
          by: 'domain',
          device: 'phone',
          purpose: 'ads',
        });
        expect(domains).toEqual([
          {
            key: 'api.ad.intl.xiaomi.com',
            blocked: model.count(
              (each) => each.device === 'phone' && each.purpose === 'ads' && each.outcome === 'blocked',
            ),
            allowed: model.count(
              (each) => each.device === 'phone' && each.purpose === 'ads' && each.outcome !== 'blocked',
            ),
            counted: 0,
          },
        ]);
        const inHour = await store.record.timeline({ from: noon - 5 * hour, to: noon - 4 * hour, step: 'hour' });
        for (const { at, purpose, blocked } of inHour) {
          expect(at).toBe(noon - 5 * hour);
          const same = (each: { at: number; purpose?: string; outcome: string }) =>
            each.at >= at && each.at < at + hour && each.purpose === purpose && each.outcome === 'blocked';
          expect(blocked).toBe(model.count(same));
        }
        expect(inHour.length).toBeGreaterThan(5);
      };
      await check();
      await store.record.compact();
      await check();
      await store.record.prune({ attempts: now, fullLogging: now, rollups: 0 });
      expect((await store.record.attempts({ limit: 5, to: noon })).attempts).toEqual([]);
      await check();
    });

    test('begins days at midnight where the household lives, also when the clocks change', async () => {
      const { record } = await open();
      // Berlin turns its clocks back on the 25th, which so has 25 hours and begins at 22:00 UTC.
      const starts = [
        Date.UTC(2026, 9, 23, 22),
        Date.UTC(2026, 9, 24, 22),
        Date.UTC(2026, 9, 25, 23),
        Date.UTC(2026, 9, 26, 23),
      ];
      const times = starts.slice(0, 3).flatMap((start, i) => [start, starts[i + 1] - 1]);
      await record.append(
        batchOf(
          'boot',
          1,
          times.map((at) => phone(at, 'a.mi.com')),
        ),
      );
      const span = { from: starts[0], to: starts[3] };
      const { buckets } = await record.summary({ ...span, by: 'day', zone: 'Europe/Berlin' });
      expect(buckets.map(({ key, blocked }) => [key, blocked])).toEqual(starts.slice(0, 3).map((start) => [start, 2]));
      const cells = await record.timeline({ ...span, step: 'day', zone: 'Europe/Berlin' });
      expect(cells.map(({ at, purpose, blocked }) => [at, purpose, blocked])).toEqual(
        starts.slice(0, 3).map((start) => [start, 'ads', 2]),
      );
    });

    test('counts what matched nothing without keeping its name, unless full logging stored it', async () => {
      const { record } = await open();
      await record.append(batchFrom({ attempts: [], counts: [{ device: 'phone', total: 9, blocked: 4 }] }), noon);
      const full = { outcome: 'forwarded' as const, purpose: undefined, reason: 'full' };
      await record.append(batchOf('boot', 2, [phone(noon, 'news.example', full), phone(noon, 'a.mi.com')]), noon);
      expect((await record.attempts({ limit: 9 })).attempts.map(({ domain }) => domain).sort()).toEqual([
        'a.mi.com',
        'news.example',
      ]);
      const { totals, buckets } = await record.summary({ from: noon, to: noon + 1, by: 'domain' });
      expect(totals).toEqual({ blocked: 5, allowed: 0, counted: 6 });
      expect(buckets.map(({ key }) => key)).toEqual(['a.mi.com']);
    });

    test('knows when a name was first asked for, also when older attempts arrive later', async () => {
      const { record } = await open();
      await record.append(
        batchOf('boot', 1, [phone(noon, 'a.mi.com'), phone(noon + 1, 'a.mi.com', { device: 'tablet' })]),
      );
      await record.append(batchOf('boot', 2, [phone(noon - 3 * hour, 'a.mi.com', { device: 'tablet' })]));
      expect(await record.firstSeen('a.mi.com')).toBe(noon - 3 * hour);
      expect(await record.firstSeen('a.mi.com', 'phone')).toBe(noon);
      expect(await record.firstSeen('a.mi.com', ['phone', 'tablet'])).toBe(noon - 3 * hour);
      const both = { device: ['phone', 'tablet'], from: noon - 4 * hour, to: noon + hour };
      expect(await record.summary({ ...both, by: 'device' })).toMatchObject({
        totals: { blocked: 3 },
        buckets: [
          { key: 'tablet', blocked: 2 },
          { key: 'phone', blocked: 1 },
        ],
      });
      const cells = await record.timeline({ ...both, step: 'day' });
      expect(cells.map(({ blocked }) => blocked)).toEqual([3]);
      expect(await record.firstSeen('b.mi.com')).toBeUndefined();
      expect(await record.firstSeen('a.mi.com', 'nobody')).toBeUndefined();
    });

    test('forgets a device so that no byte of it is left, and nothing of the others is lost', async () => {
      const store = await open();
      for (let i = 0; i < 20; i++) {
        now = noon + i * 20 * 60_000;
        const mine = [
          phone(now, `secret${i}.example`, { device: 'phone-to-forget' }),
          phone(now, 'shared.example', { device: 'phone-to-forget' }),
        ];
        await store.record.append(batchOf('boot', i, [...mine, phone(now, 'shared.example')]), now);
      }
      const before = await backend.contents();
      expect([before.includes('phone-to-forget'), before.includes('secret7.example')]).toEqual([true, true]);
      await store.record.forget('phone-to-forget');
      const contents = await backend.contents();
      expect(contents.includes('phone-to-forget')).toBe(false);
      expect(/secret\d+\.example/.test(contents)).toBe(false);
      const { attempts } = await store.record.attempts({ limit: 100 });
      expect(attempts.map(({ device }) => device)).toEqual(Array(20).fill('phone'));
      // The same phone may come back, to an empty record.
      await store.record.append(batchOf('boot', 20, [phone(now, 'other.example', { device: 'phone-to-forget' })]), now);
      const back = await store.record.attempts({ device: 'phone-to-forget', limit: 100 });
      expect(back.attempts.map(({ domain, count }) => [domain, count])).toEqual([['other.example', 1]]);
    });

    test('leaves the other resolver right when a device that both know is forgotten', async () => {
      const [one, two] = [await open(), await open()];
      await one.record.append(batchOf('one', 1, [phone(noon, 'a.mi.com'), phone(noon, 'b.mi.com')]));
      await two.record.append(batchOf('two', 1, [phone(noon, 'b.mi.com')]));
      await one.record.forget('phone');
      await two.record.append(batchOf('two', 2, [phone(noon + 1, 'b.mi.com'), phone(noon + 1, 'c.mi.com')]));
      await one.record.append(batchOf('one', 2, [phone(noon + 2000, 'c.mi.com')]));
      for (const { record } of [one, two]) {
        const { attempts } = await record.attempts({ limit: 10 });
        expect(attempts.map(({ domain, count }) => `${domain} ${count}`).sort()).toEqual([
          'b.mi.com 1',
          'c.mi.com 1',
          'c.mi.com 1',
        ]);
      }
    });

    test('drops what is older than it may be kept, and the names that only that had', async () => {
      const store = await open();
      const full = { outcome: 'forwarded' as const, purpose: undefined, reason: 'full' };
      const day = 24 * hour;
      await store.record.append(batchOf('old', 1, [phone(noon - 10 * day, 'gone.example', { device: 'guest' })]));
      await store.record.append(
        batchOf('old', 2, [
          phone(noon - 5 * day, 'private.example', full),
          phone(noon - 5 * day, 'still.private.example', full),
          phone(noon - 5 * day, 'tracker.example'),
        ]),
      );
      await store.record.append(
        batchOf('new', 1, [phone(noon, 'still.private.example', full), phone(noon, 'tracker.example')]),
      );
      await store.record.compact();
      await store.record.prune({ attempts: noon - 3 * day, fullLogging: 0, rollups: noon - 8 * day });
      expect((await store.record.attempts({ limit: 10 })).attempts.map(({ at }) => at)).toEqual([noon, noon]);
      expect((await store.record.summary({ from: 0, to: noon + 1, by: 'day' })).totals).toEqual({
        blocked: 2,
        allowed: 0,
        counted: 3,
      });
      const contents = await backend.contents();
      expect(contents.includes('gone.example')).toBe(false);
      expect(contents.includes('guest')).toBe(false);
      expect(/(?<!still\.)private\.example/.test(contents)).toBe(false);
      expect(contents.includes('still.private.example')).toBe(true);
      // Names retired but still in use are not used for new rows, and are told apart from nothing.
      await store.record.append(batchOf('new', 2, [phone(noon + 2000, 'still.private.example', full)]));
      expect(
        inOrder((await store.record.attempts({ domain: 'still.private.example', limit: 9 })).attempts),
      ).toHaveLength(2);
      expect(await store.record.firstSeen('tracker.example')).toBe(noon - 5 * day);
    });

    test('drops what full logging wrote down before attempts, leaving no name behind, and goes on counting it', async () => {
      const [one, two] = [await open(), await open()];
      const full = { outcome: 'forwarded' as const, purpose: undefined, reason: 'full' };
      const at = (hours: number) => noon - hours * hour;
      await one.record.append(
        batchOf('one', 1, [
          phone(at(40), 'hidden.example', full),
          phone(at(40) + 1, 'tracker.example'),
          phone(at(30), 'still.hidden.example', full),
        ]),
        at(30),
      );
      await two.record.append(batchOf('two', 1, [phone(at(30) + 9, 'hidden.example', full)]), at(30));
      await one.record.compact();
      // Comes late, when the hour is packed already: it waited for the store.
      await two.record.append(batchOf('two', 2, [phone(at(39), 'late.hidden.example', full)]), at(39));
      await two.record.append(
        batchOf('two', 3, [phone(noon, 'still.hidden.example', full), phone(noon, 'tracker.example')]),
        noon,
      );
      const before = await one.record.summary({ from: 0, to: noon + 1, by: 'hour' });
      const keep = { attempts: at(30 * 24), fullLogging: at(24), rollups: 0 };
      for (const { record } of [one, two, one]) await record.prune(keep);
      const names = (await allPages(two, {}, 100)).map(({ at, domain }) => [at, domain] as const);
      names.sort((a, b) => b[0] - a[0] || a[1].localeCompare(b[1]));
      expect(names).toEqual([
        [noon, 'still.hidden.example'],
        [noon, 'tracker.example'],
        [at(40) + 1, 'tracker.example'],
      ]);
      const contents = await backend.contents();
      expect(/(?<!still\.)hidden\.example/.test(contents)).toBe(false);
      expect(await one.record.summary({ from: 0, to: noon + 1, by: 'hour' })).toEqual(before);
      expect(before.totals).toEqual({ blocked: 2, allowed: 0, counted: 5 });
      // Who wrote with the dictionary as it was writes on with the one that is.
      await one.record.append(batchOf('one', 2, [phone(noon + 5000, 'hidden.example', full)]), noon);
      expect(await allPages(two, { domain: 'hidden.example' }, 9)).toHaveLength(1);
      await one.record.prune({ ...keep, attempts: noon + hour });
      expect((await backend.contents()).includes('hidden.example')).toBe(false);
    });

    test('survives a device that asks for thousands of names in an hour', async () => {
      const store = await open();
      const names = Array.from({ length: 6000 }, (_, i) => phone(noon + i * 500, `${i}.scan.example`));
      for (let i = 0; i < 6; i++) {
        now = noon + (i + 1) * 500_000;
        await store.record.append(batchOf('boot', i, names.slice(i * 1000, i * 1000 + 1000)), now);
      }
      await store.record.compact();
      expect(await allPages(store, {}, 1000)).toHaveLength(6000);
      const { totals, buckets } = await store.record.summary({ from: noon, to: noon + hour, by: 'purpose' });
      expect(totals.blocked).toBe(6000);
      expect(buckets).toEqual([{ key: 'ads', blocked: 6000, allowed: 0, counted: 0 }]);
      const domains = await store.record.summary({ from: noon, to: noon + hour, by: 'domain', limit: 10 });
      expect(domains.buckets).toHaveLength(10);
    });
  });

  test('finds no damage', async () => {
    const store = await open();
    await store.record.append(batchOf('boot', 1, [attemptBy('phone', noon, numbers(1))]));
    expect((await store.check()).filter((sentence) => sentence.includes('damaged'))).toEqual([]);
  });
});

test('damage in an SQLite file is found, and said with the remedy', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'quell-damage-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const open = async () => {
    const store = await openStore('sqlite', { dataDir, now: () => noon });
    await store.start();
    return store;
  };
  const store = await open();
  const random = numbers(1);
  for (let i = 1; i <= 50; i++) {
    const attempts = Array.from({ length: 50 }, () => attemptBy(`phone${i}`, noon - random(1e8), random));
    await store.record.append(batchOf('boot', i, attempts));
  }
  await store.stop();
  const file = join(dataDir, 'quell.db');
  const bytes = readFileSync(file);
  for (let page = 20; page < 60; page++) bytes.fill(0xa5, page * 1024, page * 1024 + 200);
  writeFileSync(file, bytes);
  const damaged = await open();
  expect((await damaged.check())[0]).toMatch(
    /quell\.db is damaged \(.+\); move it away and import your last export\.$/s,
  );
  await damaged.stop();
});

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
