import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Flush } from '../../../../resolver/control/record/frames.ts';
import { Journal } from '../../../../resolver/control/record/journal.ts';
import { withoutOlder } from '../../../../resolver/control/record/retention.ts';
import { batchFrom } from '../../../batch-from.ts';

let folder: string;
const journals: Journal[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-journal-'));
});
afterEach(async () => {
  for (const journal of journals.splice(0)) await journal.stop();
  rmSync(folder, { recursive: true });
});

function flush(sequence: number, device = 'phone'): Flush {
  const attempt = {
    at: sequence,
    device,
    domain: `${sequence}.example`,
    qtype: 1,
    outcome: 'blocked' as const,
    reason: 'pause',
  };
  return { at: sequence, batch: batchFrom({ boot: 'b', sequence, attempts: [attempt] }) };
}

function opened(limit = 1_000_000, fileSize?: number): Journal {
  const journal = new Journal({ folder, limit, fileSize });
  journal.start();
  journals.push(journal);
  return journal;
}

async function drained(journal: Journal): Promise<number[]> {
  const sequences: number[] = [];
  for (let first = await journal.first(); first; first = await journal.first()) {
    sequences.push(first.batch.sequence);
    await journal.removeFirst(first);
  }
  return sequences;
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

test('gives back in order what was added, across files and restarts, and leaves an empty folder', async () => {
  const journal = opened(1_000_000, 500);
  for (const sequence of upTo(20)) await journal.add([flush(sequence)]);
  expect(journal.stats().files).toBeGreaterThan(2);
  expect((await journal.first())?.batch.sequence).toBe(1);
  const again = opened(1_000_000, 500);
  await again.add([flush(21), flush(22)]);
  expect(await drained(again)).toEqual(upTo(22));
  expect(readdirSync(folder)).toEqual([]);
  expect(again.isEmpty).toBe(true);
});

test('goes on being written while it is read', async () => {
  const journal = opened();
  await journal.add([flush(1), flush(2)]);
  const first = await journal.first();
  await journal.add([flush(3)]);
  await journal.removeFirst(first!);
  expect(await drained(journal)).toEqual([2, 3]);
});

test('a frame that a crash tore costs that frame only', async () => {
  const journal = opened();
  await journal.add([flush(1), flush(2)]);
  const [file] = readdirSync(folder).map((name) => join(folder, name));
  const whole = readFileSync(file);
  appendFileSync(file, whole.subarray(0, whole.length / 2 - 3));
  const again = opened();
  await again.add([flush(3)]);
  expect(await drained(again)).toEqual([1, 2, 3]);
  expect(again.stats().damaged).toBe(1);
});

test('a damaged frame is not believed', async () => {
  const journal = opened();
  await journal.add([flush(1)]);
  const size = statSync(join(folder, readdirSync(folder)[0])).size;
  await journal.add([flush(2)]);
  const file = join(folder, readdirSync(folder)[0]);
  const bytes = readFileSync(file);
  bytes[size + 20] ^= 1;
  writeFileSync(file, bytes);
  const again = opened();
  expect(await drained(again)).toEqual([1]);
  expect(again.stats().damaged).toBe(1);
});

test('stays below its limit by dropping the oldest, and counts their attempts', async () => {
  const journal = opened(2000, 400);
  for (const sequence of upTo(60)) await journal.add([flush(sequence)]);
  expect(journal.stats().bytes).toBeLessThanOrEqual(2000);
  const { lost } = journal.stats();
  expect(lost).toBeGreaterThan(0);
  expect(await drained(journal)).toEqual(upTo(60).slice(lost));
});

test('forgets a device on disk, and keeps the others', async () => {
  const journal = opened(1_000_000, 300);
  for (const sequence of upTo(9)) await journal.add([flush(sequence, sequence % 2 ? 'phone' : 'guest')]);
  await journal.first();
  await journal.rewrite(({ batch, at }) => ({ batch: batch.without('guest'), at }));
  const devices: string[][] = [];
  const again = opened();
  for (let first = await again.first(); first; first = await again.first()) {
    devices.push(first.batch.attempts().map(({ device }) => device));
    await again.removeFirst(first);
  }
  expect(devices.flat()).toEqual(Array(5).fill('phone'));
  expect(devices).toHaveLength(9);
});

test('keeps what waits no longer than the household wants it kept, and touches no file without need', async () => {
  const journal = opened(1_000_000, 300);
  const waiting = upTo(9).map((at) => {
    const { batch } = flush(at);
    const attempts = batch.attempts().map((attempt) => (at % 2 ? { ...attempt, reason: 'full' } : attempt));
    const counts = [{ device: 'phone', total: 1, blocked: 0 }];
    return { at, batch: batchFrom({ boot: 'b', sequence: at, attempts, counts }) };
  });
  for (const each of waiting) await journal.add([each]);
  const newest = join(folder, readdirSync(folder).sort().at(-1)!);
  const untouched = statSync(newest).ino;
  await journal.rewrite((each) => withoutOlder({ attempts: 3, fullLogging: 6 }, each));
  expect(statSync(newest).ino).toBe(untouched);
  const kept: string[] = [];
  for (let first = await journal.first(); first; first = await journal.first()) {
    kept.push(`${first.batch.sequence}: ${first.batch.length} of ${first.batch.counts[0].total}`);
    await journal.removeFirst(first);
  }
  expect(kept).toEqual(upTo(9).map((at) => `${at}: ${at < 3 || (at < 6 && at % 2) ? 0 : 1} of 1`));
});
