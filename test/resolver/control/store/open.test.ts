import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { openStore } from '../../../../resolver/control/store/open.ts';
import { describe as describeAddress, parseAddress } from '../../../../resolver/control/store/redis/address.ts';
import { explainRedis } from '../../../../resolver/control/store/redis/trouble.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'quell-open-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

describe('an address of Redis', () => {
  test.each([
    ['redis://192.168.1.2', { kind: 'single', tls: false, hosts: [{ host: '192.168.1.2', port: 6379 }], db: 0 }],
    [
      'rediss://ann:p%40ss@nas.lan:7000/4?ca=/etc/ca.pem',
      { kind: 'single', tls: true, username: 'ann', password: 'p@ss', db: 4, ca: '/etc/ca.pem' },
    ],
    [
      'redis://:only@[fd00::1]:6380',
      { username: undefined, password: 'only', hosts: [{ host: 'fd00::1', port: 6380 }] },
    ],
    [
      'redis+sentinel://a,b:5000/home/2?sentinelPassword=s',
      {
        kind: 'sentinel',
        master: 'home',
        db: 2,
        sentinelPassword: 's',
        hosts: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 5000 },
        ],
      },
    ],
    [
      'rediss+cluster://u:p@a:1,b:2',
      {
        kind: 'cluster',
        tls: true,
        username: 'u',
        hosts: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
      },
    ],
  ])('%s is understood', (url, address) => {
    expect(parseAddress(url)).toMatchObject(address);
  });

  test('is told to people without its password', () => {
    expect(describeAddress(parseAddress('redis://ann:secret@nas.lan/1'))).toBe('Redis at nas.lan:6379');
    expect(() => parseAddress('redis://ann:secret@')).toThrow(
      'QUELL_STORE "redis://…@" is no address; write redis://host:6379.',
    );
  });
});

describe('what goes wrong is said with the remedy', () => {
  const whenOpened = async (url: string) => (await openStore(url, { dataDir })).start();

  test('for a value that names no store', async () => {
    await expect(whenOpened('mysql://x')).rejects.toThrow(
      'QUELL_STORE is "mysql://x"; write sqlite, or an address like redis://127.0.0.1:6379.',
    );
  });

  test('for a Redis that is not there', async () => {
    await expect(whenOpened('redis://127.0.0.1:1')).rejects.toThrow(
      'Redis at 127.0.0.1:1 does not answer; start it or set QUELL_STORE=sqlite.',
    );
  });

  test('for a file that is no database', async () => {
    writeFileSync(join(dataDir, 'torn.db'), 'x'.repeat(4096));
    await expect(whenOpened('sqlite:torn.db')).rejects.toThrow(
      /torn\.db is damaged; move it away and import your last export\.$/,
    );
  });

  test('for a file that a newer Quell wrote', async () => {
    const database = new DatabaseSync(join(dataDir, 'newer.db'));
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(whenOpened('sqlite:newer.db')).rejects.toThrow(
      /newer\.db was written by a newer Quell; update this one/,
    );
  });

  test.each([
    ['WRONGPASS invalid username-password pair or user is disabled.', 'refuses the password'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'is out of memory'],
    ['LOADING Redis is loading the dataset in memory', 'is still loading'],
    ['CLUSTERDOWN The cluster is down', 'has no master for this household'],
    ["NOPERM User quell has no permissions to run the 'eval' command", 'forbids what Quell needs'],
  ])('for %s', (said, sentence) => {
    expect(explainRedis(new Error(said), 'Redis at nas:6379').message).toContain(`Redis at nas:6379 ${sentence}`);
  });
});

test('choosing SQLite does not load the Redis client', () => {
  const script = `
    const { openStore } = await import(${JSON.stringify(new URL('../../../../resolver/control/store/open.ts', import.meta.url).href)});
    const store = await openStore('sqlite', { dataDir: ${JSON.stringify(dataDir)} });
    await store.start(); await store.stop();
    const { createRequire } = await import('node:module');
    console.log(Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('ioredis')).length);`;
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim()).toBe('0');
});
