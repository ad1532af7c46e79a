import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('on-its-own.ts', import.meta.url));

function run(scene: string) {
  return promisify(execFile)(process.execPath, ['--expose-gc', program, scene], { timeout: 9_000 });
}

it('leaves nothing open after stop', async () => {
  await expect(run('stop everything')).resolves.toBeDefined();
});

it('loses no memory to the collector while the kernel uses it', async () => {
  await expect(run('collect garbage')).resolves.toBeDefined();
});

it('survives the end of a thread that listens', async () => {
  await expect(run('end a listening thread')).resolves.toBeDefined();
});
