import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ListChild } from '../../../../resolver/control/lists/list-child.ts';
import { childEntry } from '../../../scenario/lists-household.ts';

function childIn(folder: string, heapMb = 64): ListChild {
  const child = new ListChild({ entry: childEntry, folder, heapMb });
  onTestFinished(() => child.stop());
  return child;
}

function tasksFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'quell-tasks-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const preview = (spool: string) => ({ text: { spool }, limit: 1000, names: [], recorded: ['ads.example.com'] });

test('it starts and works while a child of an earlier control still leaves answers', async () => {
  const folder = tasksFolder();
  let number = 0;
  let writing = true;
  const leave = () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${number++}.json.answer`), '{"done":"nothing of ours"}');
    // At a pace: the child has the lowest priority, and this must not take its processor.
    if (writing) setTimeout(leave, 1);
  };
  leave();
  const child = childIn(folder);
  await child.start();
  writing = false;
  const spool = join(folder, 'a.spool');
  writeFileSync(spool, 'ads.example.com\n');
  const { inspection, changed } = await child.run('preview', preview(spool));
  expect(inspection.entries).toEqual({ block: 1, allow: 0 });
  expect(changed).toEqual([{ name: 'ads.example.com', before: 'nothing', after: 'block' }]);
});

test.runIf(process.platform === 'linux')(
  'the child has one helper for its garbage, not one for each core',
  async () => {
    const folder = tasksFolder();
    const entry = join(tasksFolder(), 'threads.mjs');
    writeFileSync(
      entry,
      `import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
    const names = readdirSync('/proc/self/task').map((id) => readFileSync('/proc/self/task/' + id + '/comm', 'utf8').trim());
    writeFileSync(process.argv[2] + '.answer', JSON.stringify({ done: names }));`,
    );
    const child = new ListChild({ entry, folder, heapMb: 64 });
    onTestFinished(() => child.stop());
    await child.start();
    const names: unknown = await child.run('find', { paths: [], name: '' });
    expect((names as string[]).filter((name) => name === 'node-V8Worker')).toHaveLength(1);
  },
);

test('what is wrong with a text is told apart from what is wrong with the child', async () => {
  const folder = tasksFolder();
  const child = childIn(folder);
  await child.start();
  const spool = join(folder, 'a.spool');
  writeFileSync(spool, 'a'.repeat(1001));
  await expect(child.run('preview', preview(spool))).rejects.toMatchObject({
    name: 'FetchFailed',
    message: expect.stringContaining('The list is larger than'),
  });
  await expect(child.run('preview', preview(join(folder, 'gone.spool')))).rejects.toMatchObject({
    name: 'ListChildFailed',
  });
});
