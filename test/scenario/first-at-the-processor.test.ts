import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { getPriority, release } from 'node:os';
import koffi from 'koffi';
import { expect, it } from 'vitest';
import { Quell } from './quell.ts';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
/** What Quell is started with, as `npm start` has it. */
const flags = scripts.start.match(/--\S+(?= .*quell\.js)/g)!;

const threads = (pid: number): { id: number; name: string }[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((id) => {
    const comm = `/proc/${pid}/task/${id}/comm`;
    // One that has ended meanwhile is none.
    return existsSync(comm) ? { id: Number(id), name: readFileSync(comm, 'utf8').trim() } : [];
  });

it('is started in the same way everywhere', () => {
  expect(flags).toEqual(['--single-threaded-gc', '--v8-pool-size=1']);
  expect(readFileSync('deploy/raspberry-pi/quell.service', 'utf8')).toContain(`/node ${flags.join(' ')} /`);
  const quoted = flags.map((flag) => `"${flag}"`).join(', ');
  expect(readFileSync('deploy/docker/Dockerfile', 'utf8')).toContain(`ENTRYPOINT ["node", ${quoted}, `);
});

it('control and helpers have less of the processor than answering, and the shell that compiles has least', async () => {
  await using quell = await Quell.start({ nodeOptions: flags });
  const own = getPriority(quell.pid);
  const behind = threads(quell.pid).filter(({ name }) => /^(control|node-V8Worker|libuv-worker)$/.test(name));
  expect(new Set(behind.map(({ name }) => name)).size).toBe(3);
  for (const { id, name } of behind) expect([name, getPriority(id)]).toEqual([name, own + 8]);
  expect(behind.filter(({ name }) => name === 'node-V8Worker').length).toBe(1);
  const { stdout } = spawnSync('pgrep', ['-P', String(quell.pid), '-f', 'while IFS= read -r last'], {
    encoding: 'utf8',
  });
  const shell = Number(stdout);
  expect(getPriority(shell)).toBe(19);
  const group = readFileSync(`/proc/${shell}/autogroup`, 'utf8');
  if (group !== '') expect(group).toContain('nice 19');
});

const isKnown = (kernel: string) => {
  const [major, minor] = kernel.split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 12);
};

it.runIf(isKnown(release()))(
  'answering threads run as soon as they wake, and nobody whom they start does',
  async () => {
    await using quell = await Quell.start({ nodeOptions: flags, yaml: 'answering:\n  threads: 2\n' });
    const hurried = await quell.eventually(async () => {
      const found = threads(quell.pid).filter(({ id }) => sliceOf(id) === 100_000);
      return found.length >= 2 && found;
    });
    expect(hurried.length).toBe(2);
    expect(hurried.map(({ id }) => id)).toContain(quell.pid);
    expect(hurried.map(({ name }) => name)).not.toContain('control');
  },
);

/** Nanoseconds that the scheduler lets the thread run in one go. */
function sliceOf(thread: number): number {
  const number = { x64: 315, arm64: 275 }[process.arch as 'x64' | 'arm64'];
  const get = koffi
    .load(null)
    .func('int syscall(long number, int thread, _Out_ void *attr, uint32_t size, uint32_t flags)');
  const attr = Buffer.alloc(48);
  expect(get(number, thread, attr, attr.length, 0)).toBe(0);
  return Number(attr.readBigUInt64LE(24));
}
