import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { HttpListener, HttpListenFailed } from '../../../../resolver/control/api/listen.ts';
import { aSite } from './a-site.ts';

async function aPage(): Promise<string> {
  const webRoot = await mkdtemp(join(tmpdir(), 'quell-web-'));
  await mkdir(join(webRoot, 'assets'));
  await writeFile(join(webRoot, 'index.html'), '<title>Quell</title>');
  await writeFile(join(webRoot, 'assets/main-1a2b.js'), 'export {};');
  return webRoot;
}

test('the page is served for every path it may know, and its parts are kept for ever', async () => {
  const { ask } = await aSite({ webRoot: await aPage() });
  for (const path of ['/!', '/!devices/d_1', '/!index.html', '/!setup']) {
    const page = await ask('GET', path);
    expect([path, page.status, await page.text()]).toEqual([path, 200, '<title>Quell</title>']);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  }
  const script = await ask('GET', '/!assets/main-1a2b.js', { headers: { 'accept-encoding': 'gzip' } });
  expect(script.headers.get('content-type')).toContain('text/javascript');
  expect(script.headers.get('cache-control')).toContain('immutable');
  expect(gunzipSync(await script.arrayBuffer()).toString()).toBe('export {};');
  expect((await ask('GET', '/!assets/gone.js')).status).toBe(404);
});

test('no path leads out of the page’s folder', async () => {
  const webRoot = await aPage();
  await writeFile(join(webRoot, '..', 'secret.txt'), 'secret');
  const { ask } = await aSite({ webRoot });
  for (const path of [
    '/!../secret.txt',
    '/!..%2fsecret.txt',
    '/!assets/../../secret.txt',
    '/!assets/%2e%2e/%2e%2e/secret.txt',
  ]) {
    expect(await (await ask('GET', path)).text()).not.toContain('secret');
  }
});

test('an address of the API that does not exist is an error, not the page', async () => {
  const { ask } = await aSite({ webRoot: await aPage() });
  for (const path of ['/nothing', '/api/v2/devices', '/api']) {
    const answer = await ask('GET', path);
    expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 404, 'application/problem+json']);
  }
});

test('a page that was not built says what to do', async () => {
  const { ask } = await aSite();
  const answer = await ask('GET', '/!');
  expect([answer.status, await answer.text()]).toEqual([503, 'The web page is not built; run "npm run build".']);
});

test('health, readiness and metrics are there for those who watch', async () => {
  const { ask } = await aSite({ ready: () => ({ ready: false, says: 'The store is away.' }) });
  expect((await ask('GET', '/!healthz')).status).toBe(200);
  const ready = await ask('GET', '/!readyz');
  expect([ready.status, await ready.json()]).toEqual([503, { says: 'The store is away.' }]);
  expect(await (await ask('GET', '/!metrics')).text()).toBe('quell_up 1\n');
});

test('metrics answer without a token only to those whom the operator chose', async () => {
  const near = ['127.0.0.1', '::1', '192.168.1.9', 'fd00::9', 'fe80::9'];
  const far = ['198.51.100.7', '2001:db8::7', '100.64.1.2', ''];
  const readers = { own: near, loopback: near.slice(0, 2), token: [] };
  for (const [metricsReaders, expected] of Object.entries(readers)) {
    const { ask } = await aSite({ metricsReaders: metricsReaders as keyof typeof readers });
    const allowed: string[] = [];
    for (const from of [...near, ...far]) {
      const { status } = await ask('GET', '/!metrics', { from });
      expect([200, 401]).toContain(status);
      if (status === 200) allowed.push(from);
    }
    expect(allowed, metricsReaders).toEqual(expected);
  }
});

test('behind a proxy that nobody vouched for metrics take a token, which opens nothing else', async () => {
  const { ask, asOwner, aPhone } = await aSite({ trustedProxies: ['10.0.0.1/32'] });
  const forwarded = { 'x-forwarded-for': '192.168.1.9' };
  expect((await ask('GET', '/!metrics', { from: '127.0.0.1', headers: forwarded })).status).toBe(401);
  expect((await ask('GET', '/!metrics', { from: '10.0.0.1', headers: forwarded })).status).toBe(200);
  const far = { 'x-forwarded-for': '198.51.100.7' };
  expect((await ask('GET', '/!metrics', { from: '10.0.0.1', headers: far })).status).toBe(401);
  const owner = await asOwner();
  const tokenOf = async (scope: string) =>
    (await (await owner('POST', '/tokens', { body: { name: scope, scopes: [scope] } })).json()).token as string;
  const statusWith = async (token: string, path: string) =>
    (await ask('GET', path, { from: '198.51.100.7', headers: { authorization: `Bearer ${token}` } })).status;
  const watching = await tokenOf('metrics');
  expect(await statusWith(watching, '/!metrics')).toBe(200);
  for (const path of ['/state', '/attempts', '/settings', '/export', '/tokens'])
    expect([path, await statusWith(watching, path)]).toEqual([path, 403]);
  await aPhone();
  const headers = { authorization: `Bearer ${watching}` };
  expect(await (await ask('GET', '/devices', { headers })).json()).toMatchObject({ devices: [] });
  expect(await statusWith(await tokenOf('read'), '/!metrics')).toBe(200);
  expect(await statusWith(await tokenOf('device:d_1'), '/!metrics')).toBe(403);
  expect(await statusWith('quell_wrong', '/!metrics')).toBe(401);
});

test('on a real socket the phone is known by its address, and open streams end when Quell stops', async () => {
  const { site, aPhone } = await aSite();
  const id = await aPhone('127.0.0.1');
  const listener = new HttpListener({ site, at: { host: '127.0.0.1', port: 0 } });
  const { port } = await listener.start();
  onTestFinished(() => listener.stop());
  const me = await fetch(`http://127.0.0.1:${port}/api/v1/me`);
  expect(await me.json()).toMatchObject({ role: 'member', device: { id } });
  const stream = await fetch(`http://127.0.0.1:${port}/api/v1/attempts/stream`);
  const reader = stream.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe(': following\n\n');
  const ended = reader.read().then(
    ({ done }) => done,
    () => true,
  );
  await listener.stop();
  expect(await ended).toBe(true);
});

test('a taken port is an error that says what to do', async () => {
  const { site } = await aSite();
  const first = new HttpListener({ site, at: { host: '127.0.0.1', port: 0 } });
  const { port } = await first.start();
  onTestFinished(() => first.stop());
  const second = new HttpListener({ site, at: { host: '127.0.0.1', port } });
  await expect(second.start()).rejects.toThrow(HttpListenFailed);
  await expect(second.start()).rejects.toThrow(
    `127.0.0.1:${port}: another program uses this port; stop it, or set QUELL_HTTP_LISTEN`,
  );
});
