import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Household, listDocument, namesList } from './lists-household.ts';
import { ListServer } from './lists-server.ts';

let server: ListServer;
let household: Household;

beforeEach(async () => {
  server = new ListServer();
  await server.start();
  household = new Household();
  server.publish(namesList(2000));
  household.documents = [listDocument(server.url, { everyHours: 24 })];
  await household.lists.start();
  await household.lists.refresh('l_1');
  await household.lists.stop();
});

afterEach(async () => {
  await household.end();
  await server.stop();
});

const entry = new URL('lists-updating.ts', import.meta.url).pathname;

/** A process of its own that looks for a new version of the household's list over and over. */
function updater(): ChildProcess {
  return fork(entry, [household.dataDir, server.url], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
}

const said = (child: ChildProcess, word: string) =>
  new Promise<void>((resolve) => child.on('message', (message) => message === word && resolve()));

const ended = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));

const filesOf = (list: string) => readdirSync(join(household.dataDir, 'subscriptions', list));

/** Resolves at the given change of a file below the household's folder, counted from now. */
function change(number: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    const watcher = watch(household.dataDir, { recursive: true }, () => {
      if (++seen !== number) return;
      watcher.close();
      resolve();
    });
  });
}

test('killed at any moment of an update, the next start serves a whole set of before or after it', async () => {
  for (const moment of [1, 2, 3, 5, 7, 9, 11, 13, 16]) {
    server.publish(namesList(2000, `moment${moment}.example.org`));
    const child = updater();
    await said(child, 'updating');
    await Promise.race([change(moment), said(child, 'updated')]);
    child.kill('SIGKILL');
    await ended(child);
    await household.restart();
    expect(filesOf('l_1').filter((name) => name.endsWith('.spool'))).toEqual([]);
    // The kept set is there when start() resolves, before the server is asked and anything is compiled.
    expect(household.says('ads1999.example.com')).toEqual(['block']);
    expect(household.ruleSet!.names).toBeGreaterThanOrEqual(2000);
    await household.lists.refresh('l_1');
    expect(household.says(`moment${moment}.example.org`)).toEqual(['block']);
    await household.lists.stop();
  }
});

test('stopped in the middle of an update, it is made again at the next start and nothing waits for the owner', async () => {
  await household.restart();
  server.publish(namesList(2000, 'second.example.org'));
  const update = household.lists.refresh('l_1');
  await change(1);
  await household.lists.stop();
  await update;
  await household.restart();
  expect(household.lists.statuses()[0].held).toBeUndefined();
  await household.lists.refresh('l_1');
  expect(household.says('second.example.org')).toEqual(['block']);
});

test('what an update left that was cut off is gone after the next start', async () => {
  const kept = filesOf('l_1').sort();
  for (const name of ['cut-off.spool', `${kept[0]}.4711-0.tmp`])
    writeFileSync(join(household.dataDir, 'subscriptions/l_1', name), 'half of');
  await household.restart();
  expect(filesOf('l_1').sort()).toEqual(kept);
});

test('a start makes the rule-set again, and answering is not given the like of what it has', async () => {
  await household.restart();
  await household.lists.refresh('l_1');
  await household.lists.stop();
  const { swaps } = household;
  await household.restart();
  await household.lists.refresh('l_1');
  expect(household.swaps).toBe(swaps + 1);
  server.publish(namesList(2000, 'another.example.org'));
  await household.lists.refresh('l_1');
  expect(household.swaps).toBe(swaps + 2);
  expect(household.says('another.example.org')).toEqual(['block']);
});

test('a damaged rule-set on the disk is ignored, and the one before it is served', async () => {
  await household.restart();
  server.publish(namesList(2000, 'second.example.org'));
  await household.lists.refresh('l_1');
  await household.lists.stop();
  writeFileSync(join(household.dataDir, 'rule-set/rule-set.bin'), Buffer.alloc(5000, 7));
  await household.restart();
  expect(household.says('ads7.example.com')).toEqual(['block']);
});

test('a damaged text is given up for the one before, and fetched again', async () => {
  await household.restart();
  server.publish(namesList(2000, 'second.example.org'));
  await household.lists.refresh('l_1');
  await household.lists.stop();
  const folder = join(household.dataDir, 'subscriptions/l_1');
  const [{ version }] = household.lists.versions('l_1');
  expect(readdirSync(folder)).toContain(`${version}.zst`);
  writeFileSync(join(folder, `${version}.zst`), 'damaged');
  await household.restart();
  await household.lists.refresh('l_1');
  expect(household.says('second.example.org')).toEqual(['block']);
  expect(household.says('ads7.example.com')).toEqual(['block']);
  expect(household.lists.statuses()[0].state).toBe('live');
});
