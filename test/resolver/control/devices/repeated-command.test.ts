import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RepeatedCommand } from '../../../../resolver/control/devices/sources/repeated-command.ts';

const PATIENCE = 10_000;

function command(...words: string[]): RepeatedCommand {
  const repeated = new RepeatedCommand(words);
  onTestFinished(() => repeated.stop());
  return repeated;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'quell-repeated-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('each run tells what the command writes then', async () => {
  const file = join(folder(), 'table');
  const cat = command('cat', file);
  writeFileSync(file, '192.168.1.7 dev br0\n192.168.1.8 dev br0\n');
  expect((await cat.run(PATIENCE))?.trim().split('\n')).toEqual(['192.168.1.7 dev br0', '192.168.1.8 dev br0']);
  writeFileSync(file, 'without an end of line');
  expect((await cat.run(PATIENCE))?.trim()).toBe('without an end of line');
  writeFileSync(file, '');
  expect((await cat.run(PATIENCE))?.trim()).toBe('');
});

test('all runs have one parent, which is not this process', async () => {
  const parent = command('/bin/sh', '-c', 'echo $PPID');
  const first = Number(await parent.run(PATIENCE));
  expect(Number(await parent.run(PATIENCE))).toBe(first);
  expect(first).not.toBe(process.pid);
});

test('a command that fails or is not there tells nothing, and is tried anew', async () => {
  const file = join(folder(), 'table');
  const cat = command('cat', file);
  expect(await cat.run(PATIENCE)).toBeUndefined();
  writeFileSync(file, 'now it is there\n');
  expect((await cat.run(PATIENCE))?.trim()).toBe('now it is there');
  expect(await command(join(folder(), 'nothing')).run(PATIENCE)).toBeUndefined();
});

test('one that takes too long is ended, and the next run is not told what it wrote', async () => {
  const flag = join(folder(), 'flag');
  const slow = command('/bin/sh', '-c', `echo run; [ -e ${flag} ] || exec sleep 60`);
  expect(await slow.run(100)).toBeUndefined();
  writeFileSync(flag, '');
  expect((await slow.run(PATIENCE))?.trim()).toBe('run');
});
