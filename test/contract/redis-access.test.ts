import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openStore } from '../../resolver/control/store/open.ts';
import { batchOf } from './attempts.ts';
import { freePort, RedisServer, until } from './redis-servers.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function serve(...args: string[]): Promise<RedisServer> {
  const server = await RedisServer.create(...args);
  undo.push(() => server.stop());
  return server;
}

async function start(url: string) {
  const store = await openStore(url, { dataDir: '' });
  undo.push(() => store.stop());
  await store.start();
  return store;
}

function certificates(): string {
  const folder = mkdtempSync(join(tmpdir(), 'quell-tls-'));
  undo.push(() => rmSync(folder, { recursive: true }));
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=quell-test', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-out', join(folder, 'cert.pem')], { stdio: 'ignore' });
  return folder;
}

test('TLS works with the named authority, and a certificate nobody vouches for is refused', async () => {
  const folder = certificates();
  const port = await freePort();
  const files = ['--tls-cert-file', join(folder, 'cert.pem'), '--tls-key-file', join(folder, 'key.pem')];
  await serve('--tls-port', String(port), ...files, '--tls-auth-clients', 'no');
  const { documents } = await start(`rediss://127.0.0.1:${port}?ca=${join(folder, 'cert.pem')}`);
  expect(await documents.commit([{ kind: 'rule', id: 'r', value: 1 }])).toBe(1);
  // More than once, because a socket may also report the server's alert afterwards, when nobody expects it any more.
  for (let i = 0; i < 10; i++) {
    await expect(start(`rediss://127.0.0.1:${port}`)).rejects.toThrow(
      `Redis at 127.0.0.1:${port} has a certificate that is not trusted; name its authority with ?ca=<file>.`,
    );
  }
});

test('TLS works with a Cluster and with Sentinels, which ask for passwords of their own', async () => {
  const folder = certificates();
  const ca = join(folder, 'cert.pem');
  const files = ['--tls-cert-file', ca, '--tls-key-file', join(folder, 'key.pem'), '--tls-ca-cert-file', ca];
  const tls = async (...more: string[]) => {
    const port = await freePort();
    const server = await serve('--tls-port', String(port), ...files, '--tls-auth-clients', 'no', ...more);
    return { port, server };
  };
  const bus = String(await freePort());
  const node = await tls(
    '--cluster-enabled',
    'yes',
    '--cluster-port',
    bus,
    '--tls-cluster',
    'yes',
    '--cluster-announce-ip',
    '127.0.0.1',
  );
  await node.server.cli('cluster', 'addslotsrange', '0', '16383');
  await until(async () => (await node.server.cli('cluster', 'info')).includes('cluster_state:ok'));
  const cluster = await start(`rediss+cluster://127.0.0.1:${node.port}?ca=${ca}`);
  expect(await cluster.documents.commit([{ kind: 'rule', id: 'r', value: 1 }])).toBe(1);

  const master = await tls('--requirepass', 'of the master');
  const port = await freePort();
  const sentinel = await RedisServer.sentinel(
    { port: master.port },
    [`sentinel auth-pass home "of the master"`, 'requirepass "of the sentinel"', 'tls-replication yes'],
    ['--tls-port', String(port), ...files, '--tls-auth-clients', 'no'],
  );
  undo.push(() => sentinel.stop());
  const passwords = `ca=${ca}&sentinelPassword=${encodeURIComponent('of the sentinel')}`;
  const watched = await start(
    `rediss+sentinel://:${encodeURIComponent('of the master')}@127.0.0.1:${port}/home?${passwords}`,
  );
  expect(await watched.documents.commit([{ kind: 'rule', id: 'r', value: 1 }])).toBe(1);
});

test('a wrong password and a user with too few rights are told apart', async () => {
  const server = await serve('--user', 'low', 'on', '>pass', '~other:*', '+@all');
  await expect(start(`redis://low:wrong@127.0.0.1:${server.port}`)).rejects.toThrow(
    `Redis at 127.0.0.1:${server.port} refuses the password; correct user and password in QUELL_STORE.`,
  );
  await expect(start(`redis://low:pass@127.0.0.1:${server.port}`)).rejects.toThrow('forbids what Quell needs');
});

test('a Redis whose memory is full says so, and takes attempts again when there is room', async () => {
  const server = await serve();
  const { record } = await start(`redis://127.0.0.1:${server.port}`);
  const attempt = {
    at: 1e12,
    device: 'phone',
    domain: 'a.mi.com',
    qtype: 1,
    outcome: 'blocked',
    reason: 'pause',
  } as const;
  await server.cli('config', 'set', 'maxmemory', '1');
  await expect(record.append(batchOf('boot', 1, [attempt]))).rejects.toThrow('is out of memory; raise its maxmemory');
  await server.cli('config', 'set', 'maxmemory', '0');
  await record.append(batchOf('boot', 1, [attempt]));
  expect((await record.attempts({ limit: 5 })).attempts).toHaveLength(1);
});

test('a store that could not be started can be started later', async () => {
  const server = await serve();
  const store = await openStore(`redis://127.0.0.1:${server.port}`, { dataDir: '' });
  undo.push(() => store.stop());
  await server.kill();
  await expect(store.start()).rejects.toThrow('does not answer');
  await server.start();
  await store.start();
  let told = 0;
  store.documents.watch(() => told++);
  const other = await start(`redis://127.0.0.1:${server.port}`);
  const changed = new Promise<void>((resolve) => void store.documents.watch(resolve));
  await other.documents.commit([{ kind: 'rule', id: 'r', value: 1 }]);
  await changed;
  expect(told).toBe(1);
});
