import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { arm64, whyNotArm64 } from './arm64.ts';
import { Quell } from './quell.ts';

const execute = promisify(execFile);
const scenes = fileURLToPath(new URL('../resolver/answering/listen/on-its-own.ts', import.meta.url));
const { before, node, nodeOptions } = arm64;
const run = (...args: string[]) => execute(before[0], [...before.slice(1), node, ...nodeOptions, ...args]);

describe.skipIf(whyNotArm64)(`on arm64${whyNotArm64 ? ` (skipped: ${whyNotArm64})` : ''}`, () => {
  it.each(['stop everything', 'collect garbage', 'end a listening thread'])('batch sockets: %s', async (scene) => {
    // The scenes end with an error where batch sockets are not to be had.
    await expect(run('--expose-gc', scenes, scene)).resolves.toBeDefined();
  });

  it('answers from the address that was asked, IPv4 and IPv6', async () => {
    const addresses = ['fd00::2', 'fd00::3'].map((address) => `ip address add ${address}/128 dev lo nodad`);
    const setUp = ['ip link set lo up', ...addresses, 'exec "$@"'].join(' && ');
    const command = [...before, node, ...nodeOptions, scenes, 'answer from the address that was asked'];
    await expect(execute('unshare', ['--net', 'sh', '-c', setUp, 'sh', ...command])).resolves.toBeDefined();
  });

  it('the whole product starts from what x86-64 left behind, and answers; its page is up', {
    timeout: 180_000,
  }, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'quell-arm64-'));
    const x64 = await Quell.start({ dataDir });
    expect(await x64.dig('data.mistat.xiaomi.com')).toEqual(['0.0.0.0']);
    await x64.stop();
    const env = { QUELL_DNS_LISTEN: '0.0.0.0:0,[::]:0' };
    await using quell = await Quell.start({ dataDir, env, ...arm64 });
    for (const way of ['+notcp', '+tcp']) {
      const answer = await quell.digAll('data.mistat.xiaomi.com', way, '+time=5');
      expect(answer).toMatch(/EDE: 15.*A\s+0\.0\.0\.0/s);
    }
    expect(await quell.dig('localhost', 'AAAA')).toEqual(['::1']);
    expect(JSON.stringify(await quell.api('GET', '/state'))).not.toContain('batch sockets');
    await quell.stop();
    await rm(dataDir, { recursive: true });
  });
});
