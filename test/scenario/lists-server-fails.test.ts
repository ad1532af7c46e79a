import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failures } from './lists-failures.ts';
import { Household, listDocument, namesList } from './lists-household.ts';
import { ListServer } from './lists-server.ts';

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

describe('while the last good version stays live, the status says what happened when the server', () => {
  test.each(failures(good))('%s', async (_what, answer, says) => {
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

test('the failure of an address that the owner gave up meanwhile is not the new one’s', async () => {
  const asked = Promise.withResolvers<void>();
  server.answer = (request, response) => {
    if (request.url !== '/stalls') response.end(good);
    else asked.resolve();
  };
  household.change(listDocument(new URL('/stalls', server.url).href));
  const look = refresh();
  await asked.promise;
  household.change(listDocument(server.url));
  expect((await look).lastError).toBeUndefined();
  expect(await refresh()).toMatchObject({ state: 'live', entries: 100 });
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
