import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const module = new URL('../../../resolver/answering/compile-as-one.ts', import.meta.url);

test('this V8 knows what it is told about the way of a query', () => {
  const program = `const { compileAsOne } = await import(${JSON.stringify(module.href)}); compileAsOne();`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  // An unknown flag is a sentence there and no error.
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
