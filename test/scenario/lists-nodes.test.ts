import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisServer } from '../contract/redis-servers.ts';
import { namesList } from './lists-household.ts';
import { ListServer } from './lists-server.ts';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

interface ListRow {
  readonly id: string;
  readonly status: { readonly state: string; readonly version?: string; readonly lastError?: string };
}

let internet: FakeInternet;
let redis: RedisServer;
let publisher: ListServer;
/** Reaches the publisher. */
let kitchen: Quell;
/** Does not: for it, the publisher is in a private network. */
let attic: Quell;
let id: string;

const startNode = (name: string, allowPrivate: boolean, dataDir?: string) =>
  Quell.start({
    env: {
      QUELL_UPSTREAMS: internet.address,
      QUELL_STORE: `redis://127.0.0.1:${redis.port}`,
      QUELL_NODE_NAME: name,
      QUELL_LISTS_ALLOW_PRIVATE: String(allowPrivate),
    },
    dataDir,
  });

beforeAll(async () => {
  internet = await new FakeInternet().start();
  redis = await RedisServer.create('--appendonly', 'yes');
  publisher = new ListServer();
  await publisher.start();
  publisher.publish(namesList(100, 'first.example'));
  kitchen = await startNode('kitchen', true);
  attic = await startNode('attic', false);
  ({ id } = await kitchen.api<ListRow>('POST', '/lists', { url: publisher.url }));
});
afterAll(async () => {
  await kitchen?.stop();
  await attic?.stop();
  await publisher.stop();
  await redis.stop();
  await internet.stop();
});

const isBlocked = async (quell: Quell, name: string) => (await quell.dig(name))[0] === '0.0.0.0';
const status = async (quell: Quell) => (await quell.api<{ lists: ListRow[] }>('GET', '/lists')).lists[0].status;

/** Milliseconds that lie between the two resolvers’ first blocked answers. */
async function apart(name: string): Promise<number> {
  const at = await Promise.all(
    [kitchen, attic].map(async (quell) => {
      await quell.eventually(() => isBlocked(quell, name), 20_000);
      return performance.now();
    }),
  );
  return Math.abs(at[0] - at[1]);
}

async function sameVersion(): Promise<string> {
  const [here, there] = await Promise.all([status(kitchen), status(attic)]);
  expect(here.version).toBeDefined();
  expect(there.version).toBe(here.version);
  return here.version!;
}

describe('resolvers that share a store', () => {
  it('use the same version of a list, also where one can’t reach its publisher', async () => {
    await apart('first.example');
    await sameVersion();
    expect((await status(attic)).lastError).toMatch(/private network/);
  });

  it('go over to a new version together, and back together when the owner wishes so on any of them', async () => {
    const before = await sameVersion();
    publisher.publish(namesList(100, 'second.example'));
    const [between] = await Promise.all([
      apart('second.example'),
      kitchen.api<ListRow>('POST', `/lists/${id}/refresh`),
    ]);
    expect(between).toBeLessThan(2000);
    expect(await sameVersion()).not.toBe(before);

    const [backBetween] = await Promise.all([
      apart('first.example'),
      attic.api<ListRow>('POST', `/lists/${id}/rollback`, {}),
    ]);
    expect(backBetween).toBeLessThan(2000);
    await kitchen.eventually(async () => (await status(kitchen)).version === before);
    expect(await sameVersion()).toBe(before);
    // The one left does not come back by itself, wherever it is looked for.
    await kitchen.api<ListRow>('POST', `/lists/${id}/refresh`);
    expect(await sameVersion()).toBe(before);
  });

  it('get a version that the list is pinned to from each other', async () => {
    const { lists } = await kitchen.api<{ lists: ListRow[] }>('GET', '/lists');
    const live = lists[0].status.version;
    const { versions } = await kitchen.api<{ versions: { version: string }[] }>('GET', `/lists/${id}/versions`);
    const pinned = versions.find(({ version }) => version !== live)!.version;
    await kitchen.api('PATCH', `/lists/${id}`, { pinned });
    const cellar = await startNode('cellar', false);
    try {
      for (const quell of [kitchen, attic, cellar]) {
        await quell.eventually(async () => (await status(quell)).version === pinned, 20_000);
        expect(await isBlocked(quell, 'second.example')).toBe(true);
      }
    } finally {
      await cellar.stop();
      await kitchen.api('PATCH', `/lists/${id}`, { pinned: null });
    }
    await attic.eventually(() => isBlocked(attic, 'first.example'), 20_000);
  });

  it('start with what the others use', async () => {
    const late = await startNode('cellar', false);
    try {
      await late.eventually(() => isBlocked(late, 'first.example'), 20_000);
      await late.eventually(async () => (await status(late)).version === (await status(kitchen)).version);
    } finally {
      await late.stop();
    }
  });

  it('keep what they have while the store is away, and are one again when it is back', async () => {
    await redis.kill();
    publisher.publish(namesList(100, 'first.example', 'third.example'));
    await kitchen.api<ListRow>('POST', `/lists/${id}/refresh`);
    await kitchen.eventually(() => isBlocked(kitchen, 'third.example'));
    expect(await isBlocked(attic, 'third.example')).toBe(false);
    expect(await isBlocked(attic, 'first.example')).toBe(true);
    await redis.start();
    await attic.eventually(() => isBlocked(attic, 'third.example'), 30_000);
    await sameVersion();
  });
});
