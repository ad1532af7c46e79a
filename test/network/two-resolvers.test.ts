import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Host, type Lab, labMissing, phoneOptions, resolverAddress } from './lab.ts';
import { Product, REAL, TELEMETRY } from './product.ts';

const REDIS = '10.77.0.6';
const FIRST = resolverAddress.ipv4;
const SECOND = '10.77.0.54';

/** Asks as a phone does that was given two resolvers: the other one when the first stays silent. */
const script = `
const { Resolver } = require('node:dns/promises');
const resolver = new Resolver({ timeout: 700, tries: 2 });
resolver.setServers(process.argv[1].split(','));
(async () => {
  for (const name of process.argv[2].split(',')) console.log((await resolver.resolve4(name)).join());
})().catch((error) => console.log(error.code));
`;

describe.skipIf(labMissing())('two resolvers with one Redis', () => {
  let lab: Lab;
  let redis: Host;
  let redisFolder: string;
  let redisServer: ChildProcess;
  let first: Product;
  let second: Product;

  async function startRedis(): Promise<void> {
    redisServer = redis.spawn([
      'redis-server',
      '--bind',
      REDIS,
      '--protected-mode',
      'no',
      '--dir',
      redisFolder,
      '--appendonly',
      'yes',
    ]);
    for await (const line of redisServer.stdout!) if (String(line).includes('Ready to accept connections')) break;
    redisServer.stdout!.resume();
  }

  beforeAll(async () => {
    redisFolder = mkdtempSync(join(tmpdir(), 'quell-lab-redis-'));
    lab = await createLab({ phones: 2, gateway: true });
    redis = await lab.addHost('redis', { addresses: [`${REDIS}/24`] });
    const other = await lab.addHost('resolver2', {
      mac: '02:00:00:00:00:54',
      addresses: [`${SECOND}/24`, 'fd77::54/64'],
    });
    await startRedis();
    const env = { QUELL_STORE: `redis://${REDIS}:6379` };
    first = await Product.start(lab, { ...env, QUELL_NODE_NAME: 'first' });
    second = await Product.start({ resolver: other }, { ...env, QUELL_NODE_NAME: 'second' });
  });
  afterAll(async () => {
    await Promise.all([first?.stop(), second?.stop()]);
    await lab?.stop();
    rmSync(redisFolder, { recursive: true, force: true });
  });

  const ask = async (phone: Host, names: readonly string[]) =>
    (await phone.exec([process.execPath, '-e', script, `${FIRST},${SECOND}`, names.join()])).trim().split('\n');
  const answers = async (phone: Host, server: string) =>
    (await phone.dig(TELEMETRY, { server })).answers.map(({ data }) => data);

  async function expectVerdicts(servers: readonly string[]): Promise<void> {
    for (const server of servers) {
      expect(await answers(lab.phones[0], server)).toEqual([REAL.ipv4]);
      expect(await answers(lab.phones[1], server)).toEqual(['0.0.0.0']);
    }
  }

  test('a phone that asks both is one device, and what is decided on one holds on both within a second', async () => {
    const { mac } = phoneOptions(1);
    for (const server of [FIRST, SECOND]) for (const phone of lab.phones) await answers(phone, server);
    const { id } = await first.withMac(mac);
    await second.device((device) => device.id === id);
    expect((await second.devices()).filter(({ macs }) => macs.includes(mac))).toHaveLength(1);
    await second.choose(id, 'system-usage', 'allow');
    await first.quell.eventually(async () => (await answers(lab.phones[0], FIRST))[0] === REAL.ipv4, 1000);
    await expectVerdicts([FIRST, SECOND]);
  });

  test('when Redis is killed both go on with the right verdicts, and are of one mind again when it is back', async () => {
    const ended = once(redisServer, 'exit');
    redisServer.kill('SIGKILL');
    await ended;
    await expectVerdicts([FIRST, SECOND]);
    for (const { quell } of [first, second]) {
      await quell.eventually(async () => {
        const { notices } = await quell.api<{ notices: { id: string }[] }>('GET', '/state');
        return notices.some(({ id }) => id === 'store-away');
      });
    }
    await expectVerdicts([FIRST, SECOND]);
    await startRedis();
    const { id } = await second.withMac(phoneOptions(2).mac);
    await first.quell.eventually(() => first.choose(id, 'system-usage', 'allow').catch(() => undefined));
    await second.quell.eventually(async () => (await answers(lab.phones[1], SECOND))[0] === REAL.ipv4, 1000);
    await second.choose(id, 'system-usage', 'inherit');
    await first.quell.eventually(async () => (await answers(lab.phones[1], FIRST))[0] === '0.0.0.0', 1000);
    await expectVerdicts([FIRST, SECOND]);
  });

  test('when one resolver is killed, look-ups of phones that know both go on', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `n${i}.example.org`);
    const [one, two] = lab.phones;
    const asking = ask(one, [...names, TELEMETRY]);
    await first.quell.kill();
    expect(await asking).toEqual([...names, TELEMETRY].map(() => REAL.ipv4));
    expect(await ask(two, [...names, TELEMETRY])).toEqual([...names.map(() => REAL.ipv4), '0.0.0.0']);
    await second.quell.kill();
    expect(await ask(two, ['nobody.example.org'])).toEqual([expect.stringMatching(/^E/)]);
  });
});
