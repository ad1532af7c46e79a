import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failures } from './lists-failures.ts';
import { namesList } from './lists-household.ts';
import { type Handler, ListServer } from './lists-server.ts';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

interface ListRow {
  readonly id: string;
  readonly status: {
    readonly state: string;
    readonly says: string;
    readonly version?: string;
    readonly entries?: number;
    readonly lastError?: string;
    readonly nextAt?: string;
    readonly blocks?: readonly string[];
  };
}

const PASSED = ['198.51.100.7'];
const BLOCKED = ['0.0.0.0'];

let internet: FakeInternet;
beforeAll(async () => {
  internet = await new FakeInternet().start();
});
afterAll(() => internet.stop());

const start = (dataDir?: string) =>
  Quell.start({ env: { QUELL_UPSTREAMS: internet.address, QUELL_LISTS_ALLOW_PRIVATE: 'true' }, dataDir });

/** Subscribes a text of the household's own and waits until it is in use. */
async function subscribeText(quell: Quell, name: string, text: string, more: object = {}): Promise<ListRow> {
  mkdirSync(join(quell.dataDir, 'lists'), { recursive: true });
  writeFileSync(join(quell.dataDir, 'lists', name), text);
  return subscribe(quell, `file:${name}`, more);
}

async function subscribe(quell: Quell, url: string, more: object = {}): Promise<ListRow> {
  const { id } = await quell.api<ListRow>('POST', '/lists', { url, ...more });
  return quell.api<ListRow>('POST', `/lists/${id}/refresh`);
}

async function phoneAt(quell: Quell, address: string): Promise<string> {
  await quell.dig('example.org', 'A', { from: address });
  const device = await quell.eventually(async () => {
    const { devices } = await quell.api<{ devices: { id: string; addresses: string[] }[] }>('GET', '/devices');
    return devices.find(({ addresses }) => addresses.includes(address));
  });
  return device.id;
}

describe('what a list says', () => {
  it('is in force when the API says that it is live', async () => {
    await using quell = await start();
    const { id } = await subscribeText(quell, 'mine.txt', 'first.example\n');
    for (const name of ['second.example', 'third.example', 'fourth.example']) {
      writeFileSync(join(quell.dataDir, 'lists', 'mine.txt'), `${name}\n`);
      const refreshed = await quell.api<ListRow>('POST', `/lists/${id}/refresh`);
      expect(refreshed.status.state).toBe('live');
      expect(await quell.dig(name)).toEqual(BLOCKED);
    }
  });

  it('is answered for each phone and each entry as the list means it', async () => {
    await using quell = await start();
    const ada = await phoneAt(quell, '127.0.0.2');
    await phoneAt(quell, '127.0.0.3');
    await quell.api('PATCH', `/devices/${ada}`, { name: 'Mi 11 of Ada' });
    const lines = [
      '||ads.example^',
      '||hers.example^$client=Mi 11 of Ada',
      '||theirs.example^$client=127.0.0.3',
      '||gone.example^$dnsrewrite=NXDOMAIN;;',
      '||no.example^$dnsrewrite=REFUSED',
      '||empty.example^$dnsrewrite=NOERROR;;',
      '||elsewhere.example^$dnsrewrite=203.0.113.66',
    ];
    await subscribeText(quell, 'mine.txt', `${lines.join('\n')}\n`);
    const asked = async (name: string) =>
      Promise.all(['127.0.0.2', '127.0.0.3'].map((from) => quell.dig(name, 'A', { from })));
    expect(await asked('x.ads.example')).toEqual([BLOCKED, BLOCKED]);
    expect(await asked('hers.example')).toEqual([BLOCKED, PASSED]);
    expect(await asked('theirs.example')).toEqual([PASSED, BLOCKED]);
    expect(await asked('elsewhere.example')).toEqual([PASSED, PASSED]);
    expect(await quell.digAll('gone.example')).toContain('status: NXDOMAIN');
    expect(await quell.digAll('no.example')).toContain('status: REFUSED');
    expect(await quell.digAll('empty.example')).toMatch(/status: NOERROR[\s\S]*ANSWER: 0, AUTHORITY: 1/);
  });

  it('is explained with its line', async () => {
    await using quell = await start();
    const phone = await phoneAt(quell, '127.0.0.2');
    await subscribeText(quell, 'mine.txt', '# mine\n0.0.0.0 ads.example\n0.0.0.0 other.example\n', { name: 'My list' });
    const { verdict, steps } = await quell.api<{
      verdict: { action: string; reason: string };
      steps: { level: string; spoke: boolean; detail?: string }[];
    }>('GET', `/explain?device=${phone}&domain=ads.example`);
    expect(verdict).toMatchObject({ action: 'block', reason: expect.stringMatching(/^list:/) });
    expect(steps.find(({ level }) => level === 'list')).toMatchObject({
      spoke: true,
      detail: 'My list, line 2: 0.0.0.0 ads.example',
    });
  });

  it('does not take a function from a phone, and the API says that it wanted to', async () => {
    await using quell = await start();
    const wanted = ['account.xiaomi.com', 'find.api.micloud.xiaomi.net', 'app.chat.global.xiaomi.net'];
    const { status } = await subscribeText(
      quell,
      'zealous.txt',
      [...wanted, 'ads.example'].map((n) => `||${n}^`).join('\n'),
    );
    expect(status.state).toBe('live');
    expect(status.blocks).toEqual(expect.arrayContaining(wanted));
    expect(status.says).toMatch(/It also wants \d+ names that phones need, such as .*; Quell protects them\./);
    for (const name of wanted) expect(await quell.dig(name)).toEqual(PASSED);
    expect(await quell.dig('ads.example')).toEqual(BLOCKED);
    const card = await quell.api<{ lists: object[] }>('GET', `/domains/${wanted[0]}`);
    expect(card.lists).toMatchObject([{ action: 'block', overruled: true, line: 1 }]);
  });

  it('holds for the one phone that it is attached to, is only watched when asked to, and allows when it is of that kind', async () => {
    await using quell = await start();
    const phone = await phoneAt(quell, '127.0.0.2');
    const scope = { kind: 'device', id: phone };
    await subscribeText(quell, 'blocks.txt', 'ads.example\ngood.example\n', { scope });
    await subscribeText(quell, 'watched.txt', 'watched.example\nother.example\n', { watchOnly: true });
    await subscribeText(quell, 'allows.txt', 'good.example\nfine.example\n', { kind: 'allow' });
    expect(await quell.dig('ads.example', 'A', { from: '127.0.0.2' })).toEqual(BLOCKED);
    expect(await quell.dig('ads.example', 'A', { from: '127.0.0.3' })).toEqual(PASSED);
    expect(await quell.dig('good.example', 'A', { from: '127.0.0.2' })).toEqual(PASSED);
    expect(await quell.dig('watched.example', 'A', { from: '127.0.0.2' })).toEqual(PASSED);
    const recorded = await quell.eventually(async () => {
      const { attempts } = await quell.api<{ attempts: { reason: string }[] }>(
        'GET',
        '/attempts?domain=watched.example',
      );
      return attempts.length > 0 && attempts;
    });
    expect(recorded[0].reason).toMatch(/^watch:/);
  });
});

describe('while a list’s server misbehaves', () => {
  const good = namesList(100);
  const server = new ListServer();
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  /** A server that shows somebody else's certificate. */
  async function impostor(): Promise<{ url: string; stop: () => void }> {
    const folder = mkdtempSync(join(tmpdir(), 'quell-certificate-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const files = ['-subj', '/CN=other.example', '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', ...options, ...files], { stdio: 'ignore' });
    const https = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, r) => r.end(good));
    rmSync(folder, { recursive: true });
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
    return { url: `https://127.0.0.1:${(https.address() as AddressInfo).port}/`, stop: () => https.close() };
  }

  it('the last good version answers, the API says what happened, and nothing is left behind', {
    timeout: 120_000,
  }, async () => {
    await using quell = await start();
    const cases = failures(good);
    const broken = new Set<string>();
    const tenTimes: Handler = (_, response) => response.end(namesList(1000));
    const answers: Handler[] = [...cases.map(([, answer]) => answer), tenTimes];
    server.answer = (request, response) => {
      const number = Number(request.url?.slice(1));
      if (broken.has(request.url!)) answers[number](request, response);
      else response.writeHead(200, { 'content-type': 'text/plain' }).end(good.replaceAll('ads', `ads-${number}-`));
    };
    const base = new URL('/', server.url).href;
    const lists: ListRow[] = [];
    for (const number of answers.keys()) lists.push(await subscribe(quell, `${base}${number}`));
    for (const { status } of lists) expect(status).toMatchObject({ state: 'live', entries: 100 });
    const before = leftBehind(quell);
    for (const number of answers.keys()) broken.add(`/${number}`);
    // All at once, as they would be after a night without a network.
    const after = await Promise.all(lists.map(({ id }) => quell.api<ListRow>('POST', `/lists/${id}/refresh`)));
    for (const [number, { status }] of after.entries()) {
      const [what, , says] = cases[number] ?? ['sends ten times as much', tenTimes, /more than three times/];
      expect([what, status.says]).toEqual([what, expect.stringMatching(says)]);
      expect([what, status.state]).toEqual([what, number < cases.length ? 'failed' : 'held']);
      expect(status).toMatchObject({ entries: 100, version: lists[number].status.version });
      expect(await quell.dig(`ads-${number}-7.example.com`)).toEqual(BLOCKED);
    }
    await quell.eventually(async () => leftBehind(quell).sockets <= before.sockets);
    expect(leftBehind(quell)).toMatchObject({ children: 0, files: before.files + 1 });
  });

  it('a certificate that is not its own keeps a list from being subscribed, and is named', async () => {
    await using quell = await start();
    const { url, stop } = await impostor();
    const { status } = await subscribe(quell, url);
    stop();
    expect(status).toMatchObject({
      state: 'failed',
      lastError: expect.stringMatching(/certificate that is not valid/),
    });
    expect(await quell.dig('ads7.example.com')).toEqual(PASSED);
  });

  it('an address in a private network is not asked at all unless the configuration allows it', async () => {
    await using quell = await Quell.start({ env: { QUELL_UPSTREAMS: internet.address } });
    const before = server.requests.length;
    const { status } = await subscribe(quell, server.url);
    expect(status.says).toMatch(/private network; .* only when the configuration allows it/);
    expect(server.requests.length).toBe(before);
  });
});

/** What an update may leak. Files: kept versions, and anything beside them. */
function leftBehind({ pid, dataDir }: Quell) {
  const fds = readdirSync(`/proc/${pid}/fd`).length;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const files = ['subscriptions', 'rule-set'].flatMap((folder) =>
    readdirSync(join(dataDir, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
  );
  return { sockets: fds, children: children === '' ? 0 : children.split(' ').length, files: files.length };
}

describe('killed at any moment of an update', () => {
  it('the next start serves the last good set, from before the update or after it', { timeout: 120_000 }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'quell-'));
    const server = new ListServer();
    await server.start();
    server.publish(namesList(2000));
    let quell = await start(dataDir);
    try {
      const { id } = await subscribe(quell, server.url);
      for (const moment of [1, 3, 5, 8, 11, 14]) {
        server.publish(namesList(2000, `moment${moment}.example.org`));
        const changed = change(join(dataDir, 'subscriptions'), join(dataDir, 'rule-set'), moment);
        const updated = quell.api('POST', `/lists/${id}/refresh`).catch(() => {});
        await Promise.race([changed, updated]);
        await quell.kill();
        await updated;
        quell = await start(dataDir);
        expect(await quell.dig('ads1999.example.com')).toEqual(BLOCKED);
        const { status } = await quell.api<ListRow>('POST', `/lists/${id}/refresh`);
        expect(status).toMatchObject({ state: 'live', entries: 2001 });
        expect(await quell.dig(`moment${moment}.example.org`)).toEqual(BLOCKED);
      }
    } finally {
      await quell.stop();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

/** Resolves at the given change of a file in the folders, counted from now. */
function change(one: string, other: string, number: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    const watchers = [one, other].map((folder) =>
      watch(folder, { recursive: true }, () => {
        if (++seen !== number) return;
        for (const watcher of watchers) watcher.close();
        resolve();
      }),
    );
  });
}
