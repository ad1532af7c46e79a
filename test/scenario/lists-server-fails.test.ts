import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Household, listDocument, namesList } from './lists-household.ts';
import { type Handler, ListServer } from './lists-server.ts';

const good = namesList(100);

let server: ListServer;
let household: Household;

beforeAll(async () => {
  server = new ListServer();
  await server.start();
  household = new Household();
  server.publish(good);
  household.documents = [listDocument(server.url, { everyHours: 24 })];
  await household.lists.start();
  await household.lists.refresh('l_1');
});

afterAll(async () => {
  await household.end();
  await server.stop();
});

const refresh = () => household.lists.refresh('l_1');

describe('a published list goes live', () => {
  test('and blocks exactly its names', () => {
    expect(household.says('ads7.example.com')).toEqual(['block']);
    expect(household.says('x.ads7.example.com')).toEqual([]);
    expect(household.lists.statuses()[0]).toMatchObject({ state: 'live', entries: 100, format: 'domains' });
  });

  test('and is asked for with its validators afterwards, which costs no new rule-set', async () => {
    const { swaps } = household;
    const status = await refresh();
    expect(server.requests.at(-1)?.headers['if-none-match']).toBeDefined();
    expect(status).toMatchObject({ state: 'live', entries: 100 });
    expect(household.swaps).toBe(swaps);
  });

  test('and a new version replaces it', async () => {
    server.publish(namesList(99, 'new.example.org'));
    expect(await refresh()).toMatchObject({ state: 'live' });
    expect(household.says('new.example.org')).toEqual(['block']);
    expect(household.says('ads99.example.com')).toEqual([]);
    server.publish(good);
    await refresh();
  });
});

const gzipBomb = gzipSync(Buffer.alloc(64 * 2 ** 20, 'a'), { level: 9 });

const failures: readonly (readonly [string, Handler, RegExp])[] = [
  ['answers 500', (_, response) => response.writeHead(500).end('no'), /answers 500/],
  ['answers 404', (_, response) => response.writeHead(404).end('no'), /answers 404/],
  ['resets the connection', (request) => request.socket.resetAndDestroy(), /broke the connection off/],
  ['accepts and says nothing', () => {}, /took too long/],
  [
    'stalls half way',
    (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write('ads1.example.com\n');
    },
    /took too long/,
  ],
  [
    'sends less than it announced',
    (_, response) => {
      response.writeHead(200, { 'content-length': String(good.length) });
      response.write(good.slice(0, 100), () => response.socket?.destroy());
    },
    /broke the connection off|only a part/,
  ],
  [
    'sends half an archive',
    (_, response) => {
      const packed = gzipSync(good);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed.subarray(0, packed.length >> 1));
    },
    /only a part/,
  ],
  [
    'sends an archive that unpacks to far more than a list may have',
    (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipBomb),
    /larger than 1 MB/,
  ],
  [
    'sends such an archive as the file itself',
    (_, response) => response.writeHead(200, { 'content-type': 'application/gzip' }).end(gzipBomb),
    /larger than 1 MB/,
  ],
  [
    'sends a web page',
    (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    /web page/,
  ],
  [
    'sends a web page and calls it text',
    (_, response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end('<!DOCTYPE html><html><body>sign in'),
    /web page/,
  ],
  ['sends an empty file', (_, response) => response.end(''), /no list that Quell can read/],
  [
    'redirects for ever',
    (_, response) => response.writeHead(302, { location: '/list.txt' }).end(),
    /more than 5 times/,
  ],
  [
    'redirects into the household’s own network',
    (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/secret' }).end(),
    /private network/,
  ],
  [
    'redirects to a file',
    (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    /https:\/\/ or http:\/\//,
  ],
];

describe('while the last good version stays live, the status says what happened when the server', () => {
  test.each(failures)('%s', async (_what, answer, says) => {
    server.answer = answer;
    const status = await refresh();
    expect(status.state).toBe('failed');
    expect(status.says).toMatch(says);
    expect(status.nextAt).toBeGreaterThan(Date.now());
    expect(household.says('ads7.example.com')).toEqual(['block']);
    expect(status.entries).toBe(100);
    server.publish(good);
    expect(await refresh()).toMatchObject({ state: 'live' });
  });

  test('shows a certificate that is not its own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quell-certificate-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', ...options, '-subj', '/CN=other.example', '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    const https: Server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, r) => r.end(good));
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(https.address() as AddressInfo).port}/`;
    household.change(listDocument(url));
    const status = await refresh();
    https.close();
    rmSync(folder, { recursive: true });
    expect(status.says).toMatch(/certificate that is not valid/);
    expect(household.says('ads7.example.com')).toEqual(['block']);
  });
});

test('a list in a private network is not fetched unless the owner allows it', async () => {
  const strict = new Household({ allowPrivate: false });
  strict.documents = [listDocument(server.url)];
  const before = server.requests.length;
  await strict.lists.start();
  const status = await strict.lists.refresh('l_1');
  await strict.end();
  expect(status.says).toMatch(/private network/);
  expect(server.requests.length).toBe(before);
});
