import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

const TELEMETRY = 'data.mistat.xiaomi.com';

let internet: FakeInternet;
beforeAll(async () => {
  internet = await new FakeInternet().start();
});
afterAll(() => internet.stop());

/** Reaches into the control thread of the running product by Node's inspector, to do to it what bugs do. */
class ControlThread {
  private readonly socket: WebSocket;
  private readonly session: string;
  private id = 0;

  private constructor(socket: WebSocket, session: string) {
    this.socket = socket;
    this.session = session;
  }

  static async of(quell: Quell): Promise<ControlThread> {
    const address = /ws:\/\/\S+/.exec(await quell.said(/Debugger listening on/))?.[0] as string;
    const socket = new WebSocket(address);
    await once(socket, 'open');
    const attached = new Promise<string>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const { method, params } = JSON.parse(String(data));
        if (method === 'NodeWorker.attachedToWorker' && params.workerInfo.title.includes('control'))
          resolve(params.sessionId);
      });
    });
    socket.send(JSON.stringify({ id: 1, method: 'NodeWorker.enable', params: { waitForDebuggerOnStart: false } }));
    return new ControlThread(socket, await attached);
  }

  run(expression: string): void {
    const message = JSON.stringify({ id: ++this.id, method: 'Runtime.evaluate', params: { expression } });
    const params = { sessionId: this.session, message };
    this.socket.send(JSON.stringify({ id: 100 + this.id, method: 'NodeWorker.sendMessageToWorker', params }));
  }

  close(): void {
    this.socket.close();
  }
}

const start = () => Quell.start({ env: { QUELL_UPSTREAMS: internet.address }, nodeOptions: ['--inspect=127.0.0.1:0'] });

async function allowUsageOn(quell: Quell, address: string): Promise<string> {
  await quell.dig(TELEMETRY, 'A', { from: address });
  const device = await quell.eventually(async () => {
    const { devices } = await quell.api<{ devices: { id: string; addresses: string[] }[] }>('GET', '/devices');
    return devices.find(({ addresses }) => addresses.includes(address));
  });
  await quell.api('PUT', `/devices/${device.id}/purposes/system-usage`, { action: 'allow' });
  return device.id;
}

async function expectSamePolicy(quell: Quell): Promise<void> {
  expect(await quell.dig(TELEMETRY, 'A', { from: '127.0.0.2' })).toEqual(['198.51.100.7']);
  expect(await quell.dig(TELEMETRY, 'A', { from: '127.0.0.3' })).toEqual(['0.0.0.0']);
  expect(await quell.dig('example.org')).toEqual(['198.51.100.7']);
}

describe('answering goes on with the same policy', () => {
  it.each([
    ['ends', 'process.exit(1)'],
    ['fails', 'setTimeout(() => { throw new Error("a bug") })'],
    [
      'takes too much memory',
      'globalThis.hoard = []; setInterval(() => { for (let i = 0; i < 4e6; i++) hoard.push({ i }) })',
    ],
  ])('while control %s, and control comes back', async (_, expression) => {
    await using quell = await start();
    await allowUsageOn(quell, '127.0.0.2');
    const control = await ControlThread.of(quell);
    control.run(expression);
    await quell.said(/^Control ended/);
    await expectSamePolicy(quell);
    control.close();
    await quell.eventually(
      async () => quell.lines.filter((line) => line.startsWith('The page is at')).length > 1,
      30_000,
    );
    await expectSamePolicy(quell);
  });

  it('while control hangs, with every attempt of that time recorded later', async () => {
    await using quell = await start();
    const device = await allowUsageOn(quell, '127.0.0.2');
    const before = await quell.eventually(async () => (await countOf(quell, device)) || false);
    const control = await ControlThread.of(quell);
    control.run('{ const end = Date.now() + 3000; while (Date.now() < end); }');
    for (let i = 0; i < 10; i++) await quell.dig(TELEMETRY, 'A', { from: '127.0.0.2' });
    await expectSamePolicy(quell);
    control.close();
    await quell.eventually(async () => (await countOf(quell, device)) === before + 11, 20_000);
  });
});

async function countOf(quell: Quell, device: string): Promise<number> {
  const { totals } = await quell.api<{ totals: { blocked: number; allowed: number } }>(
    'GET',
    `/summary?device=${device}`,
  );
  return totals.blocked + totals.allowed;
}
