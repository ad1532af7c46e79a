import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { RuleSetBuilder } from '../../../lists/rule-set/builder.ts';
import { Answering, type AnsweringOptions } from '../../../resolver/answering/answering.ts';
import type { ListenAddress } from '../../../resolver/answering/listen/carrier.ts';
import { localDefaults } from '../../../resolver/answering/local/local-knowledge.ts';
import { emptyDeviceTable } from '../../../resolver/between/device-table.ts';
import type { ToControl } from '../../../resolver/between/messages.ts';
import { emptyPolicySnapshot } from '../../../resolver/between/policy-snapshot.ts';
import { FakeInternet } from '../../scenario/upstream.ts';
import { parse, query } from './messages.ts';

const address = '198.51.100.7';
const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

async function internet(): Promise<FakeInternet> {
  const started = await new FakeInternet().start();
  ended.push(() => started.stop());
  return started;
}

async function started(outside: FakeInternet, options: Partial<AnsweringOptions> = {}) {
  const sent: ToControl[] = [];
  const answering = await Answering.create(
    {
      thread: 0,
      listen: [{ host: '127.0.0.1', port: 0 }],
      reusePort: false,
      upstreams: {
        upstreams: [{ protocol: 'udp', address: '127.0.0.1', port: Number(outside.address.split(':')[2]) }],
        fallback: [],
        conditional: [],
        strategy: 'strict',
        budget: 2000,
        bootstrap: [],
      },
      cache: { bytes: 1 << 20, staleFor: 3600 },
      trustedForwarders: [],
      snapshot: emptyPolicySnapshot,
      table: emptyDeviceTable,
      rules: new RuleSetBuilder().finish(),
      ...options,
    },
    (message) => sent.push(message),
  );
  const [bound] = await answering.start();
  let running = true;
  const stop = async () => {
    if (running) await answering.stop();
    running = false;
  };
  ended.push(stop);
  return { answering, bound, sent, stop };
}

async function addressOf(name: string, { host, port }: ListenAddress): Promise<string | undefined> {
  const socket = createSocket('udp4');
  try {
    socket.send(query(name), port, host);
    const [answer] = await once(socket, 'message', { signal: AbortSignal.timeout(3000) });
    return parse(answer).answers[0]?.address;
  } finally {
    socket.close();
  }
}

describe('answering', () => {
  it('gives popular answers after a restart without asking anybody', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'quell-answering-'));
    ended.push(() => rm(folder, { recursive: true }));
    const outside = await internet();
    const cache = { bytes: 1 << 20, staleFor: 3600, folder };
    const first = await started(outside, { cache });
    for (let i = 0; i < 4; i++) expect(await addressOf('popular.example', first.bound)).toBe(address);
    await first.stop();
    expect(outside.asked).toHaveLength(1);
    const second = await started(outside, { cache });
    const entries = () =>
      second.sent.flatMap((told) => (told.kind === 'health' ? told.health.cache.entries : [])).at(-1);
    await expect.poll(entries, { timeout: 3000 }).toBe(1);
    expect(await addressOf('Popular.example', second.bound)).toBe(address);
    expect(outside.asked).toHaveLength(1);
  });

  it('forgets one name or all when it is told to', async () => {
    const outside = await internet();
    const { answering, bound } = await started(outside);
    const ask = () => Promise.all(['a.example', 'b.example'].map((name) => addressOf(name, bound)));
    await ask();
    answering.receive({ kind: 'flush', name: 'A.example' });
    await ask();
    expect(outside.asked.map((name) => name.toLowerCase()).sort()).toEqual(['a.example', 'a.example', 'b.example']);
    answering.receive({ kind: 'flush' });
    await ask();
    expect(outside.asked).toHaveLength(5);
  });

  it('says what is wrong with the household’s records, and answers the others', async () => {
    const outside = await internet();
    const records = [
      { name: 'nas.home.arpa', type: 'A', value: '192.168.1.999' },
      { name: 'tv.home.arpa', type: 'A', value: '192.168.1.30' },
    ] as const;
    const { bound, sent } = await started(outside, { local: { ...localDefaults, records } });
    expect(await addressOf('tv.home.arpa', bound)).toBe('192.168.1.30');
    await expect.poll(() => sent.filter(({ kind }) => kind === 'health').length, { timeout: 3000 }).toBeGreaterThan(0);
    expect(sent).toContainEqual({
      kind: 'health',
      health: expect.objectContaining({ notices: [expect.stringContaining('192.168.1.999')], pressure: 0 }),
    });
  });

  it('takes questions again on the same port after its listeners were opened anew', async () => {
    const outside = await internet();
    const { answering, bound } = await started(outside);
    await answering.reopen();
    expect(await addressOf('a.example', bound)).toBe(address);
    expect(answering.isAlive).toBe(true);
  });
});
