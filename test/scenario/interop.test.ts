import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { query } from '../resolver/answering/messages.ts';
import { CertificateFiles } from './certificate-files.ts';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

const execute = promisify(execFile);
const TELEMETRY = 'data.mistat.xiaomi.com';
const NAME = 'dns.house.example';

let internet: FakeInternet;
let files: CertificateFiles;
let quell: Quell;
beforeAll(async () => {
  internet = await new FakeInternet().start();
  files = await CertificateFiles.make(`DNS:${NAME},DNS:*.${NAME},IP:127.0.0.1`);
  quell = await Quell.start({
    env: {
      QUELL_UPSTREAMS: internet.address,
      QUELL_DOT_LISTEN: '127.0.0.1:0',
      QUELL_DOH: '127.0.0.1:0',
      ...files.env,
    },
    yaml: 'records:\n  - { name: shop.example, type: A, value: 127.0.0.1 }\n',
  });
});
afterAll(async () => {
  await quell.stop();
  await internet.stop();
  await files.remove();
});

async function run(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute(command, args);
  return stdout;
}

const trusting = () => [`+tls-ca=${files.cert}`, `+tls-hostname=${NAME}`];

const kdig = (way: 'dns' | 'tls' | 'https', ...args: string[]) =>
  run('kdig', '@127.0.0.1', '-p', `${quell.running[way][0].port}`, '+timeout=5', ...args);

describe('dig', () => {
  it('is answered over UDP, TCP and TLS, and knows the cookie for its own', async () => {
    for (const [port, args] of [
      [quell.port, []],
      [quell.port, ['+tcp']],
      [quell.running.tls[0].port, ['+tls']],
    ] as const) {
      const answer = await run('dig', '@127.0.0.1', '-p', `${port}`, ...args, 'example.org');
      expect(answer).toMatch(/example\.org\.\s+\d+\s+IN\s+A\s+198\.51\.100\.7/);
      expect(answer).toMatch(/COOKIE: [0-9a-f]{48} \(good\)/);
    }
  });

  it('sees the question’s spelling, its flags, and no warning', async () => {
    const answer = await quell.digAll('ExAmPlE.org', 'A', '+dnssec');
    expect(answer).toContain(';ExAmPlE.org.');
    expect(answer).toMatch(/flags: qr rd ra;/);
    expect(answer).not.toMatch(/WARNING/);
  });
});

describe('kdig', () => {
  it('trusts the certificate and is answered over TLS', async () => {
    const answer = await kdig('tls', ...trusting(), TELEMETRY);
    expect(answer).toMatch(/TLS session \(TLS1\.3\)/);
    expect(answer).toMatch(/EDE: 15 \(Blocked\)/);
    expect(answer).toMatch(/A\s+0\.0\.0\.0/);
    expect(answer).toMatch(/Received 468 B/);
  });

  it.each([
    ['POST', '+https'],
    ['GET', '+https-get'],
  ])('is answered over HTTPS by %s', async (method, way) => {
    const answer = await kdig('https', way, ...trusting(), 'example.org');
    expect(answer).toContain(`(HTTP/2-${method})-(${NAME}/dns-query)-(status: 200)`);
    expect(answer).toMatch(/A\s+198\.51\.100\.7/);
  });

  it('asks many questions on one connection', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `many-${i}.example`);
    const answers = await kdig('tls', '+keepopen', '+short', ...trusting(), ...names);
    expect(answers.trim().split('\n')).toEqual(names.map(() => '198.51.100.7'));
  });
});

describe('drill', () => {
  it('is answered over UDP and TCP', async () => {
    for (const way of [[], ['-t']]) {
      const answer = await run('drill', ...way, '-p', `${quell.port}`, '@127.0.0.1', TELEMETRY);
      expect(answer).toMatch(/rcode: NOERROR/);
      expect(answer).toMatch(/A\s+0\.0\.0\.0/);
    }
  });

  it('reads denials and long answers', async () => {
    const denial = await run('drill', '-p', `${quell.port}`, '@127.0.0.1', 'printer.local');
    expect(denial).toMatch(/rcode: NXDOMAIN/);
    expect(denial).toMatch(/SOA/);
  });
});

describe('curl', () => {
  it('finds a web server by --doh-url', async () => {
    const web = createServer((_, response) => response.end('found')).listen(0, '127.0.0.1');
    await once(web, 'listening');
    const { port } = web.address() as AddressInfo;
    const doh = `https://127.0.0.1:${quell.running.https[0].port}/dns-query`;
    const at = `http://shop.example:${port}/`;
    expect(await run('curl', '-s', '--max-time', '10', '--cacert', files.cert, '--doh-url', doh, at)).toBe('found');
    const blocked = run(
      'curl',
      '-sS',
      '--max-time',
      '10',
      '--cacert',
      files.cert,
      '--doh-url',
      doh,
      `http://${TELEMETRY}/`,
    );
    await expect(blocked).rejects.toThrow(/0\.0\.0\.0|Failed to connect|refused/);
    web.close();
  });

  it.each([
    ['--http2', '2'],
    ['--http1.1', '1.1'],
  ])('is answered with %s, by GET and POST', async (protocol, version) => {
    const folder = await mkdtemp(join(tmpdir(), 'quell-curl-'));
    const [asked, answered] = [join(folder, 'asked'), join(folder, 'answered')];
    const message = query('example.org', 'A', { id: 0 });
    await writeFile(asked, message);
    const url = `https://127.0.0.1:${quell.running.https[0].port}/dns-query`;
    const ways = [
      [`${url}?dns=${Buffer.from(message).toString('base64url')}`],
      ['-H', 'Content-Type: application/dns-message', '--data-binary', `@${asked}`, url],
    ];
    for (const way of ways) {
      const report = ['-s', '-o', answered, '-w', '%{http_version} %{http_code} %{content_type}'];
      const said = await run('curl', protocol, '--cacert', files.cert, ...report, ...way);
      expect(said).toBe(`${version} 200 application/dns-message`);
      expect([...(await readFile(answered)).subarray(-4)]).toEqual([198, 51, 100, 7]);
    }
    await rm(folder, { recursive: true });
  });
});

describe('a phone that goes by a name of its own', () => {
  it('gets its own policy over TLS and HTTPS, wherever it asks from, and nobody else does', async () => {
    await quell.dig(TELEMETRY, 'A', { from: '127.0.0.2' });
    const phone = await quell.eventually(async () => {
      const { devices } = await quell.api<{ devices: { id: string; addresses: string[] }[] }>('GET', '/devices');
      return devices.find(({ addresses }) => addresses.includes('127.0.0.2'));
    });
    await quell.api('PATCH', `/devices/${phone.id}`, { dotName: 'annas-phone' });
    await quell.api('PUT', `/devices/${phone.id}/purposes/system-usage`, { action: 'allow' });
    const ca = `+tls-ca=${files.cert}`;
    const overTls = (name: string) => kdig('tls', '+short', ca, `+tls-hostname=${name}.${NAME}`, TELEMETRY);
    const overHttps = (path: string) => kdig('https', '+short', ca, `+https=127.0.0.1${path}`, TELEMETRY);
    await quell.eventually(async () => (await overTls('annas-phone')).trim() === '198.51.100.7');
    expect((await overTls('Annas-Phone')).trim()).toBe('198.51.100.7');
    expect((await overHttps('/dns-query/annas-phone')).trim()).toBe('198.51.100.7');
    expect((await overTls('bens-phone')).trim()).toBe('0.0.0.0');
    expect((await overHttps('/dns-query')).trim()).toBe('0.0.0.0');
    await quell.eventually(async () => {
      const { attempts } = await quell.api<{ attempts: { outcome: string }[] }>('GET', `/attempts?device=${phone.id}`);
      return attempts.some(({ outcome }) => outcome === 'forwarded' || outcome === 'cached');
    });
  });
});
