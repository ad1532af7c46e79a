import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Household, listDocument, namesList } from './lists-household.ts';
import { ListServer } from './lists-server.ts';

let server: ListServer;
let household: Household;

beforeEach(async () => {
  server = new ListServer();
  await server.start();
  household = new Household();
  server.publish(namesList(100));
  household.documents = [listDocument(server.url, { everyHours: 24 })];
  await household.lists.start();
  await household.lists.refresh('l_1');
});

afterEach(async () => {
  await household.end();
  await server.stop();
});

const refresh = () => household.lists.refresh('l_1');

describe('a new version is held back', () => {
  test.each([
    ['when it shrank to half', namesList(50), /50 entries where the version in use has 100/],
    ['when it grew tenfold', namesList(1000), /more than three times/],
    ['when it blocks the online check of phones', namesList(100, 'connectivitycheck.gstatic.com'), /connectivitycheck/],
    ['when most of it can’t be read', `${namesList(100)}${'?? ??\n'.repeat(150)}`, /Only 40 % of its lines/],
  ])('%s', async (_when, text, reason) => {
    server.publish(text);
    const status = await refresh();
    expect(status.state).toBe('held');
    expect(status.says).toMatch(reason);
    expect(status.entries).toBe(100);
    expect(household.says('ads99.example.com')).toEqual(['block']);
    expect(household.says('connectivitycheck.gstatic.com')).toEqual([]);
  });

  test('but not when it wants what only functions need: policy protects that, and the status says so', async () => {
    server.publish(namesList(100, 'account.xiaomi.com'));
    const status = await refresh();
    expect(status).toMatchObject({ state: 'live', blocks: ['account.xiaomi.com'] });
    expect(status.says).toBe(
      '101 entries in use. It also wants account.xiaomi.com, which phones need; Quell protects it.',
    );
  });

  test('and goes live when the owner applies it anyway', async () => {
    server.publish(namesList(50));
    await refresh();
    expect(await household.lists.applyHeldBack('l_1')).toMatchObject({ state: 'live', entries: 50 });
    expect(household.says('ads99.example.com')).toEqual([]);
  });

  test('and is shown with what it would change', async () => {
    server.publish(namesList(50, 'new.example.org'));
    const { held } = await refresh();
    const diff = await household.lists.texts.diff('l_1', held!.version);
    expect(diff.added).toEqual({ count: 1, entries: [{ name: 'new.example.org', match: 'exact', action: 'block' }] });
    expect(diff.removed.count).toBe(50);
    const names = ['ads99.example.com', 'ads1.example.com', 'new.example.org', 'other.example'];
    expect(await household.lists.texts.wouldChange('l_1', held!.version, names)).toEqual([
      { name: 'ads99.example.com', before: 'block', after: 'nothing' },
      { name: 'new.example.org', before: 'nothing', after: 'block' },
    ]);
  });

  test('and stays held when the server sends it again', async () => {
    server.publish(namesList(50));
    await refresh();
    expect((await refresh()).state).toBe('held');
    await household.restart();
    expect(household.lists.statuses()[0].state).toBe('held');
    expect(household.says('ads99.example.com')).toEqual(['block']);
  });
});

describe('rolling back', () => {
  test('brings the version before, and the one left does not come back by itself', async () => {
    server.publish(namesList(100, 'broke.example.org'));
    await refresh();
    expect(household.says('broke.example.org')).toEqual(['block']);
    await household.lists.rollback('l_1');
    expect(household.says('broke.example.org')).toEqual([]);
    server.publish(namesList(100, 'broke.example.org'), { etag: '"another"' });
    await refresh();
    expect(household.says('broke.example.org')).toEqual([]);
    server.publish(namesList(100, 'fine.example.org'));
    await refresh();
    expect(household.says('fine.example.org')).toEqual(['block']);
  });

  test('is refused in a sentence when there is nothing older', async () => {
    await expect(household.lists.rollback('l_1')).rejects.toThrow('no older version');
  });
});

test('five versions are kept, and the one in use', async () => {
  for (let version = 0; version < 7; version++) {
    server.publish(namesList(100, `v${version}.example.org`));
    await refresh();
  }
  expect(household.lists.versions('l_1').length).toBe(5);
  await household.lists.rollback('l_1', household.lists.versions('l_1')[4].version);
  expect(household.says('v2.example.org')).toEqual(['block']);
});

test('a pinned list stays at its version however new the published one is', async () => {
  const [{ version }] = household.lists.versions('l_1');
  household.documents = [listDocument(server.url, { pinned: version })];
  household.change(...household.documents);
  server.publish(namesList(100, 'new.example.org'));
  expect((await refresh()).held?.reasons).toEqual(['The list is pinned to another version.']);
  expect(household.says('new.example.org')).toEqual([]);
});

test('an allow list allows whatever its lines say', async () => {
  const swap = household.nextRuleSet();
  household.change(listDocument(server.url, { kind: 'allow' }));
  await swap;
  expect(household.says('ads7.example.com')).toEqual(['allow']);
});

test('a list that is switched off or removed blocks nothing, and is back at once when switched on', async () => {
  for (const [documents, says] of [
    [[listDocument(server.url, { enabled: false })], []],
    [[listDocument(server.url)], ['block']],
    [[], []],
  ] as const) {
    const swap = household.nextRuleSet();
    household.change(...documents);
    await swap;
    expect(household.says('ads7.example.com')).toEqual(says);
  }
});

test('a file of the household’s own is read below the folder for lists and nowhere else', async () => {
  mkdirSync(join(household.dataDir, 'lists'));
  household.putFile('lists/kids.txt', '||games.example^\n');
  household.putFile('secret.txt', 'secret.example.com\n');
  symlinkSync('../secret.txt', join(household.dataDir, 'lists/link.txt'));
  household.change(
    listDocument('file:kids.txt'),
    listDocument('file:../secret.txt', { id: 'l_2' }),
    listDocument('file:link.txt', { id: 'l_3' }),
  );
  expect((await household.lists.refresh('l_1')).state).toBe('live');
  expect(household.says('a.games.example')).toEqual(['block']);
  expect((await household.lists.refresh('l_2')).says).toMatch(/from the folder .* only/);
  expect((await household.lists.refresh('l_3')).says).toMatch(/from the folder .* only/);
});

test('what would not fit the memory is refused in a sentence, and what was live stays', async () => {
  await household.end();
  household = new Household({ memory: { ruleSet: 10 * 150, childHeapMb: 128 } });
  server.publish(namesList(100));
  household.documents = [listDocument(server.url)];
  await household.lists.start();
  await refresh();
  server.publish(namesList(200));
  const status = await refresh();
  expect(status.state).toBe('held');
  expect(status.says).toMatch(/more than 150 names, .* choose a smaller list/);
  expect(household.says('ads99.example.com')).toEqual(['block']);
  expect(household.says('ads199.example.com')).toEqual([]);
});

test('a preview tells what a list would do without subscribing to it', async () => {
  const preview = await household.lists.texts.preview(
    { text: '||ads.example.com^\n@@||good.ads.example.com^\nwhat is this\n', kind: 'block' },
    ['x.ads.example.com', 'good.ads.example.com'],
  );
  expect(preview).toMatchObject({
    format: 'adblock',
    entries: { block: 1, allow: 1 },
    problems: [{ line: 3 }],
    wouldChange: [
      { name: 'x.ads.example.com', before: 'nothing', after: 'block' },
      { name: 'good.ads.example.com', before: 'nothing', after: 'allow' },
    ],
  });
  expect(household.lists.statuses().length).toBe(1);
});

test('the line of a list that decides about a name is found', async () => {
  const { texts } = household.lists;
  expect((await texts.findLines(['l_1'], 'ads7.example.com')).get('l_1')).toMatchObject({
    line: 8,
    text: 'ads7.example.com',
  });
  expect((await texts.findLines(['l_1'], 'example.com')).size).toBe(0);
});
