import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { query } from '../resolver/answering/messages.ts';
import { optionOf, withOptions } from '../resolver/answering/options.ts';
import { CertificateFiles } from './certificate-files.ts';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

const run = promisify(execFile);
const TELEMETRY = 'data.mistat.xiaomi.com';
const NAMES = 'DNS:*.dns.house.example,DNS:dns.house.example,IP:127.0.0.1';

let internet: FakeInternet;
let files: CertificateFiles;
beforeAll(async () => {
  internet = await new FakeInternet().start();
  files = await CertificateFiles.make(NAMES);
});
afterAll(async () => {
  await internet.stop();
  await files.remove();
});

const start = (env: Record<string, string> = {}, yaml?: string) =>
  Quell.start({
    env: {
      QUELL_UPSTREAMS: internet.address,
      QUELL_DOT_LISTEN: '127.0.0.1:0',
      QUELL_DOH: '127.0.0.1:0',
      ...files.env,
      ...env,
    },
    yaml,
  });

/** A phone's connection: kept open, questions one behind the other. */
class Phone {
  readonly certificate: string;
  private readonly socket: TLSSocket;
  private unread = Buffer.alloc(0);

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    this.certificate = socket.getPeerCertificate().fingerprint256;
    socket.on('data', (chunk: Buffer) => {
      this.unread = Buffer.concat([this.unread, chunk]);
    });
  }

  /** As Android does it when nobody told it a name: whatever certificate it is shown, it goes on. */
  static async opportunistic(quell: Quell, servername?: string): Promise<Phone> {
    const { host, port } = quell.running.tls[0];
    const socket = connect({ host, port, servername, rejectUnauthorized: false, ALPNProtocols: ['dot'] });
    await once(socket, 'secureConnect');
    return new Phone(socket);
  }

  async ask(message: Uint8Array): Promise<Uint8Array> {
    this.socket.write(Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]));
    while (this.unread.length < 2 || this.unread.length < 2 + this.unread.readUInt16BE())
      await once(this.socket, 'data');
    const end = 2 + this.unread.readUInt16BE();
    const answer = new Uint8Array(this.unread.subarray(2, end));
    this.unread = this.unread.subarray(end);
    return answer;
  }

  hangUp(): void {
    this.socket.destroy();
  }
}

describe('over TLS', () => {
  it('a phone that checks no name is answered on one connection, with answers of one length', async () => {
    await using quell = await start();
    const phone = await Phone.opportunistic(quell);
    const padded = (name: string) => withOptions(query(name), [[12, new Uint8Array(64)]]);
    const blocked = await phone.ask(padded(TELEMETRY));
    const passed = await phone.ask(padded('example.org'));
    expect([blocked.length, passed.length]).toEqual([468, 468]);
    expect(Buffer.from(optionOf(blocked, 15) ?? []).toString()).toContain('system-usage');
    expect(Buffer.from(passed).includes(Buffer.from([198, 51, 100, 7]))).toBe(true);
    phone.hangUp();
  });

  it('a renewed certificate is shown to the next phone, and who is connected stays', async () => {
    const own = await CertificateFiles.make(NAMES);
    await using quell = await start(own.env);
    const before = await Phone.opportunistic(quell);
    await own.renew(NAMES);
    await quell.eventually(async () => {
      const phone = await Phone.opportunistic(quell);
      await phone.ask(query('example.org'));
      phone.hangUp();
      return phone.certificate !== before.certificate;
    }, 20_000);
    expect((await before.ask(query('example.org'))).length).toBeGreaterThan(0);
    before.hangUp();
    await own.remove();
  });

  it('several threads answer on one port, and know each other’s cookies', async () => {
    await using quell = await start({}, 'answering:\n  threads: 2\n');
    for (let i = 0; i < 12; i++) {
      const phone = await Phone.opportunistic(quell);
      expect((await phone.ask(query('example.org'))).length).toBeGreaterThan(0);
      phone.hangUp();
    }
    const cookie = async (shown: string) => {
      const { stdout } = await run('dig', ['-p', `${quell.port}`, '@127.0.0.1', 'example.org', `+cookie=${shown}`]);
      return /COOKIE: (\S+)/.exec(stdout)?.[1] as string;
    };
    const first = await cookie('0102030405060708');
    for (let i = 0; i < 12; i++) expect(await cookie(first)).toBe(first);
  });
});

describe('without what TLS needs', () => {
  it('names are answered all the same, and what is wrong is said', async () => {
    const own = await CertificateFiles.make(NAMES);
    await writeFile(own.key, 'no key');
    await using quell = await start(own.env);
    expect(quell.lines.join('\n')).toMatch(/The certificate .*cert\.pem .* can't be used: .*tried again every minute/);
    expect(await quell.dig(TELEMETRY)).toEqual(['0.0.0.0']);
    expect(quell.running.tls).toEqual([]);
    await quell.eventually(async () => {
      const { notices } = await quell.api<{ notices: { sentence: string }[] }>('GET', '/state');
      return notices.some(({ sentence }) => /cert\.pem .* can't be used/.test(sentence));
    });
    expect(await quell.digAll('_dns.resolver.arpa', 'SVCB')).toMatch(/status: NOERROR.*\n.*ANSWER: 0/);
    await own.remove();
  });

  it('a taken port costs that way in alone', async () => {
    await using other = await start();
    const [{ port }] = other.running.tls;
    await using quell = await start({ QUELL_DOT_LISTEN: `127.0.0.1:${port}` });
    expect(quell.lines.join('\n')).toMatch(new RegExp(`Can't listen on 127\\.0\\.0\\.1:${port} \\(TLS, EADDRINUSE\\)`));
    expect(await quell.dig(TELEMETRY)).toEqual(['0.0.0.0']);
    expect(quell.running.https).toHaveLength(1);
  });
});

describe('a phone that knows only the plain way', () => {
  it('is told where the encrypted ones are, and by which name', async () => {
    await using quell = await start();
    const { stdout } = await run('kdig', ['+short', '-p', `${quell.port}`, '@127.0.0.1', '_dns.resolver.arpa', 'SVCB']);
    const { tls, https } = quell.running;
    expect(stdout).toMatch(new RegExp(`^1 dns\\.house\\.example\\. alpn=dot port=${tls[0].port}\\b`, 'm'));
    expect(stdout).toMatch(new RegExp(`^2 dns\\.house\\.example\\. alpn=h2,http/1\\.1 port=${https[0].port}\\b`, 'm'));
    expect(stdout).toContain('/dns-query{?dns}');
  });
});

describe('at the page’s own address', () => {
  const question = (name: string) => Buffer.from(query(name)).toString('base64url');

  async function ask(quell: Quell, path: string, headers: Record<string, string> = {}) {
    const { stdout } = await run(
      'curl',
      [
        ...['-s', '-o', '-', '-w', '\n%{http_code} %{content_type}'],
        ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
        `${quell.page}${path}`,
      ],
      { encoding: 'latin1' },
    );
    const at = stdout.lastIndexOf('\n');
    return { body: Buffer.from(stdout.slice(0, at), 'latin1'), status: stdout.slice(at + 1) };
  }

  it('questions by HTTP are answered for who asks, also behind a proxy that is trusted', async () => {
    await using quell = await start({ QUELL_DOH: 'true' }, 'http:\n  trustedProxies: 127.0.0.1\n');
    const blocked = await ask(quell, `/dns-query?dns=${question(TELEMETRY)}`, { 'X-Forwarded-For': '192.168.7.8' });
    expect(blocked.status).toBe('200 application/dns-message');
    expect([...blocked.body.subarray(-4)]).toEqual([0, 0, 0, 0]);
    const passed = await ask(quell, `/dns-query?dns=${question('example.org')}`);
    expect([...passed.body.subarray(-4)]).toEqual([198, 51, 100, 7]);
    await quell.eventually(async () => {
      const { devices } = await quell.api<{ devices: { addresses: string[] }[] }>('GET', '/devices');
      return devices.some(({ addresses }) => addresses.includes('192.168.7.8'));
    });
  });

  it('nobody gets answers by a name that is not ours, nor when it is not switched on', async () => {
    await using quell = await start({ QUELL_DOH: 'true' });
    const path = `/dns-query?dns=${question('example.org')}`;
    expect((await ask(quell, path, { Host: 'evil.example' })).status).toMatch(/^421/);
    expect((await ask(quell, '/dns-query')).status).toMatch(/^400/);
    expect((await ask(quell, '/dns-query?dns=AAAA')).status).toMatch(/^400/);
    expect((await ask(quell, '/dns-query/a/b')).status).toMatch(/^404/);
    await using other = await start();
    expect((await ask(other, path)).status).not.toMatch(/dns-message/);
  });

  it('a question sent by POST is answered, and one of 64 KB is refused', async () => {
    await using quell = await start({ QUELL_DOH: 'true' });
    const post = (body: Uint8Array, type = 'application/dns-message') =>
      fetch(`${quell.page}/dns-query`, { method: 'POST', body: Buffer.from(body), headers: { 'Content-Type': type } });
    const answer = await post(query('example.org'));
    expect([...new Uint8Array(await answer.arrayBuffer()).subarray(-4)]).toEqual([198, 51, 100, 7]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await post(new Uint8Array(65_536))).status).toBe(413);
    expect((await post(query('example.org'), 'text/plain')).status).toBe(415);
  });
});
