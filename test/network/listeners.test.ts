import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../resolver/answering/listen/on-its-own.ts', import.meta.url));

/** Runs a scene in a network namespace of its own, set up by shell commands before. */
function runIn(setUp: string[], scene: string) {
  const commands = ['ip link set lo up', ...setUp, 'exec "$0" "$1" "$2"'].join(' && ');
  return promisify(execFile)('unshare', ['--net', 'sh', '-c', commands, process.execPath, program, scene]);
}

it('answers from the address that was asked', async () => {
  const addresses = ['fd00::2', 'fd00::3'].map((address) => `ip address add ${address}/128 dev lo nodad`);
  await expect(runIn(addresses, 'answer from the address that was asked')).resolves.toBeDefined();
});

it('counts what it can not send to askers that do not exist, and goes on', async () => {
  const wire = [
    'ip link add inside type veth peer name outside',
    'ip address add 10.9.0.1/16 dev inside',
    'ip link set outside up arp off',
    'ip link set inside up',
  ];
  await expect(runIn(wire, 'fill the send buffer')).resolves.toBeDefined();
});
