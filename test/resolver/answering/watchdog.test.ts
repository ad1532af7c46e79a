import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { ListenAddress } from '../../../resolver/answering/listen/carrier.ts';
import { DgramUdp } from '../../../resolver/answering/listen/udp-dgram.ts';
import { Watchdog } from '../../../resolver/answering/watchdog.ts';
import { Silent } from './listen/answering.ts';
import { SmallHouse } from './small-house.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function listening(handler: SmallHouse['resolve'] | Silent, host = '127.0.0.1'): Promise<ListenAddress> {
  const { clients } = new SmallHouse(() => new Uint8Array());
  const udp = new DgramUdp({ handler, clients, now: () => performance.now(), at: [{ host, port: 0 }] });
  const [bound] = await udp.start();
  ended.push(() => udp.stop());
  return bound;
}

function watching(address: ListenAddress, reopen: () => Promise<unknown> = async () => {}) {
  const said: string[] = [];
  const watchdog = new Watchdog({
    at: () => [address],
    reopen,
    say: (line) => said.push(line),
    every: 1e6,
    patience: 100,
  });
  watchdog.start();
  ended.push(() => watchdog.stop());
  return { watchdog, said };
}

describe('the watchdog', () => {
  it('is content with a house that answers, on one address or on all', async () => {
    for (const host of ['127.0.0.1', '0.0.0.0', '::1', '::']) {
      const { watchdog, said } = watching(await listening(new SmallHouse(() => new Uint8Array()).resolve, host));
      await watchdog.look();
      expect(watchdog.failures, host).toBe(0);
      expect(said).toEqual([]);
    }
  });

  it('leaves no trace of its questions in what the household is told', async () => {
    const house = new SmallHouse(() => new Uint8Array());
    const { watchdog } = watching(await listening(house.resolve));
    await watchdog.look();
    expect(watchdog.failures).toBe(0);
    expect(house.ring.flush(house.clients.states)).toBeUndefined();
    expect(house.unknown).toEqual([]);
  });

  it('opens the listeners anew when nobody answers several times, and says when it is over', async () => {
    const silent = new Silent();
    let address = await listening(silent);
    let reopened = 0;
    const said: string[] = [];
    const watchdog = new Watchdog({
      at: () => [address],
      reopen: async () => {
        reopened++;
        address = await listening(new SmallHouse(() => new Uint8Array()).resolve);
      },
      say: (line) => said.push(line),
      every: 1e6,
      patience: 50,
    });
    watchdog.start();
    ended.push(() => watchdog.stop());
    for (let i = 0; i < 3; i++) await watchdog.look();
    expect(silent.handled).toBe(3);
    expect(reopened).toBe(1);
    expect(said[0]).toContain('the listeners are opened anew');
    await watchdog.look();
    expect(watchdog.failures).toBe(0);
    expect(said[1]).toBe('Questions are answered again.');
  });

  it('tells a closed port, an error and a forged answer from an answer', async () => {
    const gone = await listening(new Silent());
    await ended.pop()?.();
    const { watchdog } = watching(gone);
    await watchdog.look();
    expect(watchdog.failures).toBe(1);
    const socket = createSocket('udp4');
    ended.push(() => socket.close());
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const answers = [
      (question: Buffer) =>
        Buffer.concat([Buffer.from([question[0] ^ 1, question[1], 0x81, 0x80, 0, 1, 0, 1]), question.subarray(8)]),
      (question: Buffer) =>
        Buffer.concat([question.subarray(0, 2), Buffer.from([0x81, 0x82, 0, 1, 0, 0]), question.subarray(8)]),
    ];
    for (const answer of answers) {
      socket.once('message', (question, asker) => socket.send(answer(question), asker.port));
      const other = watching({ host: '127.0.0.1', port: socket.address().port }).watchdog;
      await other.look();
      expect(other.failures).toBe(1);
    }
  });
});
