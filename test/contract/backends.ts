import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer, startCluster, startSentinel } from './redis-servers.ts';

/** Something that stores can be opened on. */
export interface Backend {
  readonly url: string;
  readonly dataDir: string;
  /** Every byte that it keeps, keys and values. */
  contents(): Promise<string>;
  stop(): Promise<void>;
}

export const backends: Readonly<Record<string, () => Promise<Backend>>> = {
  async SQLite() {
    const dataDir = mkdtempSync(join(tmpdir(), 'quell-store-'));
    return {
      url: 'sqlite',
      dataDir,
      contents: async () =>
        readdirSync(dataDir)
          .map((file) => readFileSync(join(dataDir, file), 'latin1'))
          .join('\n'),
      stop: async () => rmSync(dataDir, { recursive: true }),
    };
  },

  async Redis() {
    const server = await RedisServer.create(
      '--user',
      'quell',
      'on',
      '>secret',
      '~quell:*',
      '&quell:*',
      '+@all',
      '-@admin',
    );
    return onServers(`redis://quell:secret@127.0.0.1:${server.port}/3`, [server], ['-n', '3']);
  },

  async 'a Redis Cluster'() {
    const nodes = await startCluster(3);
    return onServers(`redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`, nodes);
  },

  async 'a Redis watched by Sentinel'() {
    const { master, replica, sentinel } = await startSentinel();
    const backend = onServers(`redis+sentinel://127.0.0.1:${sentinel.port}/home`, [master]);
    return {
      ...backend,
      async stop() {
        for (const server of [sentinel, replica, master]) await server.stop();
      },
    };
  },
};

/** Every key and value of a server. */
export const contentsOf = (server: RedisServer, select: readonly string[] = []): Promise<string> =>
  server.cli(...select, 'eval', everything, '0');

function onServers(url: string, servers: readonly RedisServer[], select: readonly string[] = []): Backend {
  return {
    url,
    dataDir: '',
    contents: async () => (await Promise.all(servers.map((server) => contentsOf(server, select)))).join('\n'),
    async stop() {
      for (const server of servers) await server.stop();
    },
  };
}

const everything = `
local reads = { string = {'GET'}, hash = {'HGETALL'}, list = {'LRANGE', 0, -1}, set = {'SMEMBERS'}, zset = {'ZRANGE', 0, -1} }
local all = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  local read = reads[redis.call('TYPE', key).ok]
  local value = redis.call(read[1], key, unpack(read, 2))
  all[#all + 1] = key
  all[#all + 1] = type(value) == 'table' and table.concat(value, ' ') or value
end
return table.concat(all, string.char(10))`;
