import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatEntry } from '../../../../../resolver/control/store/packed/dictionary.ts';
import { Rows } from '../../../../../resolver/control/store/packed/rows.ts';
import { packSegment } from '../../../../../resolver/control/store/packed/segment.ts';
import type { ShelfWrite } from '../../../../../resolver/control/store/packed/shelf.ts';
import { openDatabase } from '../../../../../resolver/control/store/sqlite/database.ts';
import { migrations } from '../../../../../resolver/control/store/sqlite/migrations.ts';
import { SqliteShelf } from '../../../../../resolver/control/store/sqlite/shelf.ts';
import { SqliteStore } from '../../../../../resolver/control/store/sqlite/sqlite-store.ts';
import { batchFrom } from '../../../../batch-from.ts';

const hour = 490_000;
const noon = hour * 3_600_000;

let folder: string;
const undo: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-shelf-'));
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  rmSync(folder, { recursive: true });
});

/** Each is another program's. */
function open(): SqliteShelf {
  const path = join(folder, 'quell.db');
  const statements = openDatabase(path);
  undo.push(() => statements.close());
  return new SqliteShelf({ statements: () => statements, path });
}

function kept(sql: string): unknown {
  const database = new DatabaseSync(join(folder, 'quell.db'), { readOnly: true });
  const row = database.prepare(sql).get();
  database.close();
  return Object.values(row!)[0];
}

/** A flush that says of each device the one octet that is its sequence. */
function flush(sequence: number, more: Partial<ShelfWrite> = {}, devices = ['phone', 'tablet']): ShelfWrite {
  return {
    boot: 'boot',
    sequence,
    now: noon,
    learnings: [],
    parts: devices.map((device) => ({ device, hour, bytes: Buffer.from([sequence]) })),
    ...more,
  };
}

const octets = (first: number, last: number) =>
  Buffer.from(Array.from({ length: last - first + 1 }, (_, i) => first + i));

describe('flushes', () => {
  it('are read in the order in which they came, before and after they are sorted in', async () => {
    const [one, two] = [open(), open()];
    for (let sequence = 1; sequence <= 150; sequence++) {
      expect(await (sequence % 50 === 0 ? two : one).append(flush(sequence))).toEqual({ kind: 'added' });
      for (const shelf of [one, two]) {
        expect(await shelf.hour('phone', hour)).toEqual({ device: 'phone', hour, open: octets(1, sequence) });
      }
    }
    expect(kept('SELECT count(*) FROM flush')).toBeLessThanOrEqual(64);
    expect(kept('SELECT count(*) FROM segment')).toBeGreaterThan(0);
    expect(await one.hours(['tablet'], hour - 1, hour + 1, 'attempts')).toEqual([
      { device: 'tablet', hour, open: octets(1, 150) },
    ]);
    expect(await one.openHours()).toEqual(['phone', 'tablet'].map((device) => ({ device, hour })));
    expect(await one.days(0, hour)).toEqual([Math.floor(hour / 24)]);
  });

  it('that are large are sorted in sooner', async () => {
    const shelf = open();
    const parts = [{ device: 'phone', hour, bytes: Buffer.alloc(30_000) }];
    for (let sequence = 1; sequence <= 4; sequence++) await shelf.append(flush(sequence, { parts }));
    expect(kept('SELECT count(*) FROM flush JOIN sorted USING (turn)')).toBe(1);
    expect((await shelf.hour('phone', hour)).open).toHaveLength(120_000);
  });

  it('are taken once, and a boot of which some are lost is told its last', async () => {
    const shelf = open();
    for (let sequence = 1; sequence <= 70; sequence++) await shelf.append(flush(sequence));
    for (const each of [shelf, open()]) {
      expect(await each.append(flush(70))).toEqual({ kind: 'known' });
      expect(await each.append(flush(1))).toEqual({ kind: 'known' });
      expect(await each.append(flush(72, { previous: 71 }))).toEqual({ kind: 'set-back', last: 70 });
      expect(await each.append(flush(1, { boot: 'other', previous: 0 }))).toEqual({
        kind: 'set-back',
        last: undefined,
      });
    }
    expect((await shelf.hour('phone', hour)).open).toHaveLength(70);
  });

  it('that say nothing of any device leave their sequence alone', async () => {
    const shelf = open();
    await shelf.append(flush(5, { parts: [] }));
    expect(await open().append(flush(5))).toEqual({ kind: 'known' });
    expect([await shelf.days(0, hour), await shelf.openHours(), await shelf.devices()]).toEqual([[], [], []]);
  });

  it('that came while an hour was compacted stay open, those of other devices too', async () => {
    const shelf = open();
    for (let sequence = 1; sequence <= 3; sequence++) await shelf.append(flush(sequence));
    const was = await shelf.hour('phone', hour);
    await shelf.append(flush(4));
    await open().append(flush(5));
    expect(await shelf.compact(was, Buffer.from('chunk'), Buffer.from('sum'), false)).toBe(true);
    expect((await shelf.hour('phone', hour)).open).toEqual(octets(4, 5));
    expect((await shelf.hour('tablet', hour)).open).toEqual(octets(1, 5));
    expect(await shelf.compact(was, Buffer.from('chunk'), Buffer.from('sum'), false)).toBe(false);
  });
});

describe('what another program does is noticed by the next flush:', () => {
  const learning = { device: 'phone', generation: 'g1', size: 0, lines: ['one'] };
  const again = { ...learning, size: 1, lines: [] };

  it('a device that it forgot is stale, and is added anew', async () => {
    const [one, two] = [open(), open()];
    await one.append(flush(1, { learnings: [learning] }));
    await one.append(flush(2, { learnings: [again] }));
    await two.forget('phone');
    expect(kept('SELECT count(*) FROM flush')).toBe(0);
    expect(await one.append(flush(3, { learnings: [again] }))).toEqual({ kind: 'stale', devices: ['phone'] });
    expect(await one.append(flush(3, { learnings: [{ ...learning, generation: 'g2' }] }))).toEqual({ kind: 'added' });
    expect(await two.dictionary('phone', 1)).toEqual({ generation: 'g2', lines: ['one'] });
    expect((await two.hour('phone', hour)).open).toEqual(octets(3, 3));
    expect((await two.hour('tablet', hour)).open).toEqual(octets(1, 3));
  });

  it('a dictionary that it wrote into, or anew, is stale', async () => {
    const [one, two] = [open(), open()];
    await one.append(flush(1, { learnings: [learning] }));
    await two.append(flush(1, { boot: 'two', learnings: [{ ...again, lines: ['two'] }] }));
    const late = flush(2, { learnings: [{ ...again, lines: ['other two'] }] });
    expect(await one.append(late)).toEqual({ kind: 'stale', devices: ['phone'] });
    expect(await one.append(flush(2, { learnings: [again] }))).toEqual({ kind: 'added' });
    expect(await two.rewrite('phone', 'g1', 'g2', [[1, '']])).toBe(true);
    expect(await one.append(flush(3, { learnings: [again] }))).toEqual({ kind: 'stale', devices: ['phone'] });
  });

  it('days and devices that it dropped are there again', async () => {
    const [one, two] = [open(), open()];
    await one.append(flush(1));
    await two.prune({ attempts: hour + 24, rollUps: hour + 24, boots: 0 });
    expect([await one.days(0, hour), await one.devices(), await one.openHours()]).toEqual([[], [], []]);
    await one.append(flush(2, {}, ['phone']));
    expect(await two.days(0, hour)).toEqual([Math.floor(hour / 24)]);
    expect([await two.devices(), (await two.hour('phone', hour)).open]).toEqual([['phone'], octets(2, 2)]);
    // The boot is kept for as long as roll-ups are, and its flushes are known.
    expect(await two.append(flush(2))).toEqual({ kind: 'known' });
  });
});

it('a file from before a flush was one row keeps what it has, and is gone on with', async () => {
  const path = join(folder, 'quell.db');
  const rows = new Rows();
  rows.push(1000, 1, 1);
  const line = formatEntry({ domain: 'a.mi.com', qtype: 1, outcome: 'blocked', reason: 'list:l' }, noon);
  const before = new DatabaseSync(path);
  before.exec(`${migrations[0]}; PRAGMA user_version = 1`);
  before.exec("INSERT INTO device (id, generation) VALUES ('phone', 'g1')");
  before.prepare('INSERT INTO entry VALUES (1, 1, ?)').run(line);
  const insert = before.prepare('INSERT INTO segment (device, hour, bytes) VALUES (1, ?, ?)');
  insert.run(hour, packSegment({ rows, asked: 2, blocked: 1 }));
  before.exec(`INSERT INTO day VALUES (${Math.floor(hour / 24)}); INSERT INTO boot VALUES ('boot', 7, ${noon})`);
  before.close();
  const store = new SqliteStore({ path, now: () => noon });
  await store.start();
  undo.push(() => store.stop());
  const batch = (sequence: number) => {
    const attempt = { device: 'phone', domain: 'a.mi.com', qtype: 1, outcome: 'blocked' as const, reason: 'list:l' };
    return batchFrom({ boot: 'boot', sequence, attempts: [{ ...attempt, at: noon + sequence * 1000 }] });
  };
  await store.record.append(batch(7));
  await store.record.append(batch(8));
  const { attempts } = await store.record.attempts({ limit: 9 });
  expect(attempts.map(({ at, domain }) => [at - noon, domain])).toEqual([
    [8000, 'a.mi.com'],
    [1000, 'a.mi.com'],
  ]);
  expect(kept('SELECT count(*) FROM entry')).toBe(1);
});
