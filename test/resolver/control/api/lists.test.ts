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
    packFiles: [],
    neverBlock: ['connect.rom.miui.com'],
    functional: [],
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
  expect(preview.wouldChange).toEqual([{ domain: 'n7.tracker.example', count: 1, to: 'block' }]);

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
  expect(card.lists).toEqual([{ id, name: 'mine.txt', action: 'block', line: 8, text: '0.0.0.0 n7.tracker.example' }]);

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
