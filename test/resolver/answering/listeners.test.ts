import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { ListenFailed } from '../../../resolver/answering/listen/listen-failed.ts';
import { Listeners } from '../../../resolver/answering/listeners.ts';

const listener = { handler: { handle: () => 0 }, clients: {} as never, now: () => performance.now() };
const listeners = (port: number) =>
  new Listeners({
    listener,
    at: [{ host: '127.0.0.1', port }],
    encrypted: undefined,
    designate: () => {},
    say: () => {},
  });

it('a port that is taken for TCP alone fails the start and leaves nothing bound', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  await expect(listeners(port).start()).rejects.toThrow(ListenFailed);
  await new Promise((resolve) => taken.close(resolve));
  const free = listeners(port);
  await free.start();
  expect(free.bound.dns).toEqual([{ host: '127.0.0.1', port }]);
  await free.stop();
});

it('a port from the system is one for UDP and TCP both', async () => {
  const all = Array.from({ length: 50 }, () => listeners(0));
  await Promise.all(all.map((each) => each.start()));
  expect(new Set(all.map((each) => each.bound.dns[0].port)).size).toBe(all.length);
  await Promise.all(all.map((each) => each.stop()));
});
