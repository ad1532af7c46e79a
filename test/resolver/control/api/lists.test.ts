import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { Lists } from '../../../../resolver/control/lists/lists.ts';
import { aSite, problemIn } from './a-site.ts';

/** A household whose lists are compiled by the real thing, from files. */
async function withLists(files: Record<string, string>) {
  const dataDir = await mkdtemp(join(tmpdir(), 'quell-lists-'));
  await mkdir(join(dataDir, 'lists'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(dataDir, 'lists', name), text);
  let changed = () => {};
  const lists: Lists = new Lists({
    dataDir,
    documents: {
      lists: () => site.household.all('list'),
      watch: (callback) => {
        changed = callback;
        return () => {};
      },
    },
    packs: [],
    neverBlock: ['connect.rom.miui.com'],
    functional: ['account.xiaomi.com'],
    onRuleSet: () => {},
    now: () => Date.now(),
    bootstrap: [{ address: '127.0.0.1', port: 9 }],
    allowPrivate: false,
    childEntry: fileURLToPath(new URL('../../../../resolver/control/lists/compile-child.ts', import.meta.url)),
    memory: { ruleSet: 2 ** 24, childHeapMb: 128 },
  });
  const site = await aSite({
    lists,
    namedBy: async () => site.household.all('list').map(({ id }) => id),
  });
  site.household.onChange((changes) => {
    if (changes.some(({ kind }) => kind === 'list')) changed();
  });
  await lists.start();
  onTestFinished(() => lists.stop());
  const write = (name: string, text: string) => writeFile(join(dataDir, 'lists', name), text);
  return { ...site, owner: await site.asOwner(), write };
}

/** Lists are compiled by processes of their own, which take their time on a busy machine. */
const PATIENCE = 60_000;

const names = (count: number) => Array.from({ length: count }, (_, i) => `0.0.0.0 n${i}.tracker.example`).join('\n');

test('a list is looked at before it is subscribed, subscribed, refreshed and rolled back', {
  timeout: PATIENCE,
}, async () => {
  const { owner, write, household, record, clock } = await withLists({ 'mine.txt': names(200) });
  const attempt = {
    at: clock.wall - 1000,
    device: 'd_1',
    qtype: 1,
    outcome: 'forwarded',
    reason: 'tentative:xiaomi',
  } as const;
  await record([{ ...attempt, domain: 'n7.tracker.example' }]);

  const preview = await (await owner('POST', '/lists/preview', { body: { url: 'file:mine.txt' } })).json();
  expect(preview).toMatchObject({ entries: { block: 200, allow: 0 }, skipped: 0, blocks: [] });
  expect(preview.wouldChange).toEqual([
    { domain: 'n7.tracker.example', count: 1, from: 'nothing', to: 'block', devices: ['d_1'] },
  ]);

  const created = await owner('POST', '/lists', { body: { url: 'file:mine.txt' } });
  expect(created.status).toBe(201);
  const { id, name } = await created.json();
  expect(name).toBe('mine.txt');
  expect(household.policySnapshot().lists).toEqual([{ id, scope: { kind: 'everyone' }, watchOnly: false }]);

  const first = await (await owner('POST', `/lists/${id}/refresh`)).json();
  expect(first.status).toMatchObject({ state: 'live', entries: 200 });
  await write('mine.txt', names(250));
  const second = await (await owner('POST', `/lists/${id}/refresh`)).json();
  expect(second.status.entries).toBe(250);
  const { versions } = await (await owner('GET', `/lists/${id}/versions`)).json();
  expect(versions.map(({ state }: { state: string }) => state)).toEqual(['live', 'kept']);
  const back = await (await owner('POST', `/lists/${id}/rollback`, { body: {} })).json();
  expect(back.status.version).toBe(first.status.version);

  const card = await (await owner('GET', '/domains/n7.tracker.example')).json();
  expect(card.lists).toEqual([
    { id, name: 'mine.txt', action: 'block', overruled: false, line: 8, text: '0.0.0.0 n7.tracker.example' },
  ]);

  await owner('PATCH', `/lists/${id}`, { body: { enabled: false } });
  expect(household.policySnapshot().lists).toEqual([]);
  const removed = await owner('DELETE', `/lists/${id}`);
  expect((await owner('GET', `/lists/${id}`)).status).toBe(404);
  await owner('POST', `/history/${removed.headers.get('quell-change')}/undo`);
  expect((await (await owner('GET', '/lists')).json()).lists).toMatchObject([{ id, enabled: false }]);
});

test('what is no list, or a list that is there already, is refused with the remedy', {
  timeout: PATIENCE,
}, async () => {
  const { owner } = await withLists({ 'mine.txt': names(20) });
  for (const url of ['ftp://lists.example/x', 'file:/etc/passwd', 'file:../secret', 'mine.txt']) {
    const answer = await owner('POST', '/lists', { body: { url } });
    expect([url, await problemIn(answer)]).toMatchObject([
      url,
      { status: 400, detail: expect.stringContaining('write https://') },
    ]);
  }
  await owner('POST', '/lists', { body: { url: 'file:mine.txt', name: 'Mine' } });
  expect(await problemIn(await owner('POST', '/lists', { body: { url: 'file:mine.txt' } }))).toMatchObject({
    status: 409,
    detail: 'This list is subscribed already, as "Mine"; change that one.',
  });
  const gone = await owner('POST', '/lists/preview', { body: { url: 'file:gone.txt' } });
  expect(await problemIn(gone)).toMatchObject({
    status: 400,
    detail: expect.stringContaining('There is no file gone.txt'),
  });
  expect((await owner('POST', '/lists/l_gone/refresh')).status).toBe(404);
});

test('the status says all there is to say of a list', { timeout: PATIENCE }, async () => {
  const { owner } = await withLists({
    'mine.txt':
      '! Title: Mine\n||a.example^\n||b.a.example^\n@@||good.a.example^\n/^x\\d/\n##.banner\n||x.example^$dnstype=NOPE\n||account.xiaomi.com^\n',
  });
  const { id } = await (await owner('POST', '/lists', { body: { url: 'file:mine.txt' } })).json();
  const { status } = await (await owner('POST', `/lists/${id}/refresh`)).json();
  expect(status).toMatchObject({
    state: 'live',
    format: 'adblock',
    byKind: { suffix: 3, pattern: 1, allow: 1, swallowed: 1 },
    skipped: 1,
    skippedBecause: { 'a rule for what pages look like': 1 },
    bad: 1,
    problems: [{ line: 7, message: expect.stringContaining('unknown type') }],
    blocks: ['account.xiaomi.com'],
    nextAt: expect.any(String),
  });
  expect(status.says).toContain('account.xiaomi.com, which phones need; Quell protects it');
});

test('a version that is held back shows what it adds, removes, and which phones would notice', {
  timeout: PATIENCE,
}, async () => {
  const { owner, write, record, clock, aPhone } = await withLists({ 'mine.txt': names(100) });
  const phone = await aPhone();
  const other = await aPhone('192.168.1.8', '02:00:00:00:00:08');
  const attempt = { at: clock.wall - 1000, qtype: 1, outcome: 'forwarded', reason: 'tentative:xiaomi' } as const;
  await record([
    { ...attempt, device: phone, domain: 'fresh.example' },
    { ...attempt, device: other, domain: 'fresh.example' },
    // Its purpose decides about this one, whatever lists say.
    { ...attempt, device: phone, domain: 'account.xiaomi.com' },
  ]);
  const scope = { kind: 'device', id: phone };
  const { id } = await (await owner('POST', '/lists', { body: { url: 'file:mine.txt', scope } })).json();
  await owner('POST', `/lists/${id}/refresh`);
  await write('mine.txt', `${names(100)}\n0.0.0.0 fresh.example account.xiaomi.com connect.rom.miui.com\n`);
  const { status } = await (await owner('POST', `/lists/${id}/refresh`)).json();
  expect(status).toMatchObject({
    state: 'held',
    held: { reasons: [expect.stringContaining('blocks connect.rom.miui.com')] },
  });
  const diff = await (await owner('GET', `/lists/${id}/versions/${status.held.version}/diff`)).json();
  expect(diff.added).toMatchObject({ count: 3 });
  expect(diff.removed).toEqual({ count: 0, entries: [] });
  expect(diff.wouldChange).toEqual([
    { domain: 'fresh.example', count: 2, from: 'nothing', to: 'block', devices: [phone] },
  ]);
  const applied = await (await owner('POST', `/lists/${id}/apply`)).json();
  expect(applied.status).toMatchObject({ state: 'live', version: status.held.version });
  expect(applied.status.blocks).toEqual(expect.arrayContaining(['connect.rom.miui.com', 'account.xiaomi.com']));
});

test('known lists are there for one tap, and say whether they are subscribed', { timeout: PATIENCE }, async () => {
  const { owner } = await withLists({});
  const ask = async () => (await (await owner('GET', '/lists/catalog')).json()).lists;
  const [first, ...others] = await ask();
  expect(others.length).toBeGreaterThan(5);
  const { url, name, kind } = first;
  const { id } = await (await owner('POST', '/lists', { body: { url, name, kind, enabled: false } })).json();
  expect((await ask())[0]).toEqual({ ...first, subscribed: id });
});
