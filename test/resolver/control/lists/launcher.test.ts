import { expect, onTestFinished, test } from 'vitest';
import { Launcher } from '../../../../resolver/control/lists/launcher.ts';

function launcherOf(...command: string[]): Launcher {
  const launcher = new Launcher({ command });
  onTestFinished(() => launcher.kill());
  return launcher;
}

test('programs are run one after the other, and how they ended is told', async () => {
  const launcher = launcherOf('/bin/sh', '-c', 'exit "$1"', 'sh');
  expect(await launcher.run('0')).toBe(0);
  expect(await launcher.run('3')).toBe(3);
});

test('an argument with blanks, quotes and dollars arrives as it is', async () => {
  const odd = `a  b "c" 'd' $HOME \\n *`;
  const launcher = launcherOf('/bin/sh', '-c', '[ "$1" = "$0" ]', odd);
  expect(await launcher.run(odd)).toBe(0);
});

test('what is killed ends at once, and the next is run all the same', async () => {
  const launcher = launcherOf('/bin/sleep');
  const running = launcher.run('600');
  launcher.kill();
  expect(await running).toBeUndefined();
  expect(await launcher.run('0')).toBe(0);
});

test('what it runs comes after all else', async () => {
  const launcher = launcherOf('/bin/sh', '-c', 'exit "$(nice)"', 'sh');
  expect(await launcher.run('')).toBe(19);
});
