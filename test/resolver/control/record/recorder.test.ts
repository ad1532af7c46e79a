import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Attempt, AttemptBatch } from '../../../../resolver/between/attempt-batch.ts';
import { Recorder, type RecorderDeps } from '../../../../resolver/control/record/recorder.ts';
import { Retention } from '../../../../resolver/control/record/retention.ts';
import { openStore } from '../../../../resolver/control/store/open.ts';
import { type RecordStore, type Store, StoreAway } from '../../../../resolver/control/store/store.ts';
import { batchFrom } from '../../../batch-from.ts';
import { until } from '../../../contract/redis-servers.ts';

const day = 24 * 3_600_000;
const now = Date.UTC(2026, 5, 1, 12);

let folder: string;
let store: Store;
let away: boolean;
let said: string[];
const recorders: Recorder[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quell-recorder-'));
  store = await openStore('sqlite', { dataDir: folder, now: () => now });
  await store.start();
  away = false;
  said = [];
});
afterEach(async () => {
  for (const recorder of recorders.splice(0)) await recorder.stop();
  await store.stop();
  rmSync(folder, { recursive: true });
});

function started(more: Partial<RecorderDeps> = {}): Recorder {
  const record: RecordStore = Object.create(store.record, {
    append: {
      value: async (batch: AttemptBatch, at: number) => {
        if (away) throw new StoreAway('The store is being moved; wait.');
        return store.record.append(batch, at);
      },
    },
    forget: { value: (device: string) => store.record.forget(device) },
  });
  const log = { warn: (message: string) => said.push(message), info: (message: string) => said.push(message) };
  const keep = () => ({ attemptsDays: 30, rollupDays: 400, fullLoggingHours: 24 });
  const recorder = new Recorder({ record, folder: join(folder, 'journal'), now: () => now, log, keep, ...more });
  recorder.start();
  recorders.push(recorder);
  return recorder;
}

function attemptsOf(sequence: number, devices = ['phone']): Attempt[] {
  return devices.map((device) => ({
    at: now,
    device,
    domain: `${sequence}.${device}.example`,
    qtype: 1,
    outcome: 'blocked' as const,
    reason: 'pause',
  }));
}

const batch = (sequence: number, devices?: string[], more: Partial<Parameters<typeof batchFrom>[0]> = {}) =>
  batchFrom({ boot: 'b', sequence, attempts: attemptsOf(sequence, devices), ...more });

const stored = async () => (await store.record.attempts({ limit: 1000 })).attempts.map(({ domain }) => domain).sort();
const isSettled = (recorder: Recorder) => () => recorder.stats().waiting === 0 && recorder.stats().journal.files === 0;

test('what the store does not take before a stop is there after the next start', async () => {
  away = true;
  const first = started();
  first.take(batch(1));
  first.take(batch(2));
  await first.stop();
  away = false;
  const second = started();
  second.take(batch(3));
  await until(isSettled(second));
  expect(await stored()).toEqual(['1.phone.example', '2.phone.example', '3.phone.example']);
});

test('a batch counts as taken when it is in the store or on disk, not before', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const record: RecordStore = Object.create(store.record, {
    append: {
      value: async (each: AttemptBatch, at: number) => {
        await answered;
        await store.record.append(each, at);
      },
    },
  });
  const recorder = started({ record });
  let isTaken = false;
  const taken = recorder.take(batch(1)).then(() => (isTaken = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect([isTaken, recorder.stats().journal.bytes]).toEqual([false, 0]);
  await taken;
  expect(recorder.stats().journal.bytes).toBeGreaterThan(0);
  answer();
  await until(isSettled(recorder));
  expect(await stored()).toEqual(['1.phone.example']);
});

test('a batch that neither store nor disk can take is not confirmed', async () => {
  away = true;
  const recorder = started();
  rmSync(join(folder, 'journal'), { recursive: true });
  writeFileSync(join(folder, 'journal'), 'a file where the folder was');
  let confirmed = false;
  const taken = recorder.take(batch(1)).then(() => (confirmed = true));
  await until(() => said.some((line) => line.startsWith("The journal of attempts can't be written")));
  expect(confirmed).toBe(false);
  away = false;
  await taken;
  expect(await stored()).toEqual(['1.phone.example']);
});

test('what a forgotten device asked just before arrives and is not recorded', async () => {
  const recorder = started();
  await recorder.forget('guest');
  await recorder.take(batch(1, ['phone', 'guest'], { counts: [{ device: 'guest', total: 3, blocked: 1 }] }));
  expect(await stored()).toEqual(['1.phone.example']);
  expect((await store.record.summary({ from: now - day, to: now + day, by: 'device' })).buckets).toHaveLength(1);
});

test('says once that the store is away and once that it answers again', async () => {
  away = true;
  const recorder = started();
  for (let i = 1; i < 20; i++) recorder.take(batch(i));
  await until(() => recorder.stats().journal.bytes > 0);
  expect(recorder.stats().away).toBe('The store is being moved; wait.');
  away = false;
  await until(isSettled(recorder));
  expect(said).toEqual([
    'The store is being moved; wait. Attempts are kept on disk until it does.',
    'The store answers again.',
  ]);
  expect(recorder.stats()).toMatchObject({ taken: 19, stored: 19, away: undefined });
});

test('forgets a device in the store, in what waits for it, and for those who watch', async () => {
  const recorder = started();
  const seen: string[] = [];
  const watch = recorder.live.subscribe(({ id }) => seen.push(id));
  recorder.take(batch(1, ['phone', 'guest']));
  await until(isSettled(recorder));
  away = true;
  recorder.take(batch(2, ['guest', 'phone']));
  await until(() => recorder.stats().journal.bytes > 0);
  recorder.take(batch(3, ['phone', 'guest']));
  watch.stop();
  await recorder.forget('guest');
  away = false;
  await until(isSettled(recorder));
  expect(await stored()).toEqual(['1.phone.example', '2.phone.example', '3.phone.example']);
  const journal = join(folder, 'journal');
  expect(
    readdirSync(journal)
      .map((file) => readFileSync(join(journal, file), 'latin1'))
      .join(),
  ).not.toContain('guest');
  const late: string[] = [];
  recorder.live.subscribe(({ attempt }) => late.push(attempt.device), seen[0]);
  expect(late).not.toContain('guest');
});

test('records, shows and journals only what is admitted', async () => {
  const admit = (each: AttemptBatch) => each.without('private');
  const recorder = started({ admit });
  const seen: string[] = [];
  recorder.live.subscribe(({ attempt }) => seen.push(attempt.device));
  recorder.take(batch(1, ['private', 'phone'], { dropped: 4 }));
  await until(isSettled(recorder));
  expect(await stored()).toEqual(['1.phone.example']);
  expect(seen).toEqual(['phone']);
  expect(recorder.stats()).toMatchObject({ taken: 1, stored: 1, lost: { ring: 4 } });
});

test('a flush that no store can hold does not stop those behind it', async () => {
  const recorder = started();
  recorder.take(batch(1, ['phone'], { attempts: [{ ...attemptsOf(1)[0], reason: '\ud800' }] }));
  recorder.take(batch(2));
  await until(isSettled(recorder));
  expect(await stored()).toEqual(['2.phone.example']);
  expect(recorder.stats().lost.refused).toBe(1);
});

test('drops attempts and roll-ups when their days are over, as the household decided last', async () => {
  const old = (sequence: number, days: number) => ({
    ...attemptsOf(1)[0],
    at: now - days * day,
    domain: `${sequence}.example`,
  });
  for (const [i, days] of [50, 20, 1].entries()) {
    await store.record.append(batch(i + 1, [], { attempts: [old(i + 1, days)] }));
  }
  const days = { attemptsDays: 30, rollupDays: 400, fullLoggingHours: 24 };
  const journal = { isEmpty: true, rewrite: async () => {} };
  const retention = new Retention({ record: store.record, journal, keep: () => days, now: () => now });
  await retention.run();
  expect(await stored()).toEqual(['2.example', '3.example']);
  days.attemptsDays = 7;
  days.rollupDays = 30;
  await retention.run();
  expect(await stored()).toEqual(['3.example']);
  expect((await store.record.summary({ from: 0, to: now, by: 'day' })).totals.blocked).toBe(2);
});
