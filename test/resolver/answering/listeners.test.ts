import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Encrypted } from '../../../resolver/answering/encrypted.ts';
import { Listeners } from '../../../resolver/answering/listeners.ts';
import type { DesignatedOptions } from '../../../resolver/answering/local/designated-resolver.ts';
import { Echo, Everybody, now } from './listen/answering.ts';
import { pemOf } from './listen/certificates.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const listener = () => ({ handler: new Echo(), clients: new Everybody(), now });
const anywhere = { host: '127.0.0.1', port: 0 };

async function takenPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const free = async () => {
    server.close();
    await once(server, 'close');
  };
  return { at: { host: '127.0.0.1', port }, free };
}

describe('encrypted listeners', () => {
  it('are opened later when their port becomes free, and phones are told of them then', async () => {
    const taken = await takenPort();
    const told: (DesignatedOptions | undefined)[] = [];
    const said: string[] = [];
    let openedAt: (() => void) | undefined;
    const opened = new Promise<void>((resolve) => (openedAt = resolve));
    const encrypted = new Encrypted({
      options: { tls: [taken.at], https: [anywhere], certificate: pemOf('first') },
      listener: listener(),
      designate(designated) {
        told.push(designated);
        if (designated?.tlsPort) openedAt?.();
      },
      say: (sentence) => said.push(sentence),
      retryAfter: 20,
    });
    ended.push(() => encrypted.stop());
    await encrypted.start();
    expect(encrypted.bound).toMatchObject({ tls: [], https: [{ host: '127.0.0.1' }] });
    expect(said[0]).toMatch(/EADDRINUSE/);
    expect(told[0]).not.toHaveProperty('tlsPort');
    await taken.free();
    await opened;
    expect(encrypted.bound.tls).toEqual([taken.at]);
    expect(told.at(-1)).toMatchObject({ tlsPort: taken.at.port, https: { path: '/dns-query' } });
  });

  it('stop while they are still being tried', async () => {
    const taken = await takenPort();
    ended.push(taken.free);
    const said: string[] = [];
    const options = { tls: [taken.at], https: [anywhere], certificate: pemOf('first') };
    const deps = { options, listener: listener(), designate: () => {}, retryAfter: 1 };
    const encrypted = new Encrypted({ ...deps, say: (sentence) => said.push(sentence) });
    const started = encrypted.start();
    await encrypted.stop();
    await started;
    const [{ port }] = encrypted.bound.https;
    const probe = createServer().listen(port, '127.0.0.1');
    ended.push(() => probe.close());
    await once(probe, 'listening');
  });
});

describe('plain listeners', () => {
  it('that can’t be had fail the start, and an address that was named is never left out', async () => {
    const nowhere = { host: '192.0.2.77', port: 0 };
    const deps = { listener: listener(), encrypted: undefined, designate: () => {}, say: () => {} };
    const listeners = new Listeners({ ...deps, at: [anywhere, nowhere] });
    await expect(listeners.start()).rejects.toThrow(/this machine has no such address/);
    await listeners.stop();
  });
});
