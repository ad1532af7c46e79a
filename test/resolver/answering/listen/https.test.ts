import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { ListenAddress, MessageHandler } from '../../../../resolver/answering/listen/carrier.ts';
import { Certificate } from '../../../../resolver/answering/listen/certificate.ts';
import { Https, type HttpsDeps } from '../../../../resolver/answering/listen/https.ts';
import { Addressing, answerTo, Echo, Everybody, now, Postponed, question, Silent, Sized } from './answering.ts';
import { pemOf } from './certificates.ts';

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function listening(handler: MessageHandler, options: Partial<HttpsDeps> = {}) {
  const clients = new Everybody();
  const certificate = new Certificate(pemOf('first'));
  await certificate.start();
  ends.push(() => certificate.stop());
  const https = new Https({ handler, clients, now, certificate, at: [{ host: '127.0.0.1', port: 0 }], ...options });
  ends.push(() => https.stop());
  const [at] = await https.start();
  return { https, clients, at };
}

interface Asked {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
}

interface Answered {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
}

type Ask = (asked: Asked) => Promise<Answered>;

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function byHttp2(at: ListenAddress): Promise<Ask> {
  const session: ClientHttp2Session = connect(`https://${at.host}:${at.port}`, { rejectUnauthorized: false });
  session.on('error', () => {});
  ends.push(() => session.destroy());
  await once(session, 'connect');
  return async ({ path = '/dns-query', method = 'GET', headers = {}, body }) => {
    const stream = session.request({ ':path': path, ':method': method, ...headers }, { endStream: !body });
    if (body) stream.end(body);
    const [answer] = await once(stream, 'response');
    return { status: answer[':status'], headers: answer, body: await collect(stream) };
  };
}

async function byHttp1(at: ListenAddress): Promise<Ask> {
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  ends.push(() => agent.destroy());
  return async ({ path, method, headers, body }) => {
    const asked = request({ agent, host: at.host, port: at.port, path: path ?? '/dns-query', method, headers });
    asked.on('error', () => {});
    asked.end(body);
    const [answer] = await once(asked, 'response');
    return { status: answer.statusCode, headers: answer.headers, body: await collect(answer) };
  };
}

const inPath = (message: Uint8Array, path = '/dns-query') =>
  `${path}?dns=${Buffer.from(message).toString('base64url')}`;
const post = (body: Uint8Array): Asked => ({
  method: 'POST',
  headers: { 'content-type': 'application/dns-message' },
  body,
});

describe.each([
  { version: 'HTTP/2', client: byHttp2 },
  { version: 'HTTP/1.1', client: byHttp1 },
])('DNS over $version', ({ client }) => {
  it('answers GET and POST', async () => {
    const handler = new Echo();
    const { at, clients } = await listening(handler);
    const ask = await client(at);
    for (const asked of [{ path: inPath(question(0)) }, post(question(0))]) {
      const { status, headers, body } = await ask(asked);
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/dns-message');
      expect(headers['cache-control']).toBe('no-store');
      expect(body).toEqual(Buffer.from(answerTo(question(0))));
    }
    expect([...clients.known.keys()]).toEqual(['127.0.0.1']);
    expect([...handler.transports]).toEqual(['https']);
  });

  it('knows a device by the path', async () => {
    const { at, clients } = await listening(new Echo());
    const ask = await client(at);
    await ask({ path: inPath(question(0), '/dns-query/Annas-Phone') });
    await ask({ ...post(question(0)), path: '/dns-query/bens-phone' });
    expect([...clients.known.keys()]).toEqual(['annas-phone@127.0.0.1', 'bens-phone@127.0.0.1']);
  });

  it('lets caches keep an answer as long as it says', async () => {
    const { at } = await listening(new Echo(), { maxAge: (answer) => answer.length });
    const { headers } = await (await client(at))({ path: inPath(question(0)) });
    expect(headers['cache-control']).toBe(`max-age=${question(0).length}`);
  });

  it.each<[number, string, Asked]>([
    [404, 'another path', { path: '/' }],
    [404, 'a path that only begins alike', { path: inPath(question(0), '/dns-queryx') }],
    [404, 'a name that no device can have', { path: inPath(question(0), '/dns-query/a%2fb') }],
    [400, 'no question', {}],
    [400, 'a question that is not base64url', { path: '/dns-query?dns=a+b/' }],
    [400, 'a question shorter than a header', { path: inPath(new Uint8Array(11)) }],
    [400, 'an empty body', post(new Uint8Array(0))],
    [415, 'another content type', { ...post(question(0)), headers: { 'content-type': 'text/plain' } }],
    [415, 'no content type', { ...post(question(0)), headers: {} }],
    [413, 'a body longer than any message', post(new Uint8Array(65_536))],
    [405, 'another method', { ...post(question(0)), method: 'PUT' }],
  ])('says %i to %s', async (status, _why, asked) => {
    const handler = new Echo();
    const { at } = await listening(handler);
    const ask = await client(at);
    const answered = await ask(asked);
    expect(answered.status).toBe(status);
    expect(answered.headers.allow).toBe(status === 405 ? 'GET, POST' : undefined);
    expect(handler.asked).toEqual([]);
    expect((await ask({ path: inPath(question(0)) })).status).toBe(200);
  });

  it('takes and gives the longest messages', async () => {
    const { at } = await listening(new Echo());
    const ask = await client(at);
    const longest = new Uint8Array(65_535).fill(3);
    expect((await ask(post(longest))).body).toEqual(Buffer.from(answerTo(longest)));
    const { at: other } = await listening(new Sized(65_535));
    expect((await (await client(other))(post(question(0)))).body.length).toBe(65_535);
  });

  it('answers later, in whatever order', async () => {
    const handler = new Postponed();
    const { at } = await listening(handler);
    const asks = await Promise.all([client(at), client(at)]);
    const first = asks[0](post(question(1)));
    await handler.questions(1);
    const second = asks[1](post(question(2)));
    await handler.questions(2);
    handler.open[1].answer();
    expect((await second).body).toEqual(Buffer.from(answerTo(question(2))));
    handler.open[0].answer();
    expect((await first).body).toEqual(Buffer.from(answerTo(question(1))));
  });

  it('says so when there is no answer', async () => {
    const { at } = await listening(new Silent());
    expect((await (await client(at))(post(question(1)))).status).toBe(503);
  });

  it('takes no harm from clients that leave before their answer', async () => {
    const handler = new Postponed();
    const { at, https } = await listening(handler);
    const ask = await client(at);
    ask(post(question(1))).catch(() => {});
    await handler.questions(1);
    for (const end of ends.splice(2)) await end();
    expect(() => handler.open[0].answer()).not.toThrow();
    const again = await client(at);
    again(post(question(2))).catch(() => {});
    await handler.questions(2);
    await https.stop();
    expect(() => handler.open[1].answer()).not.toThrow();
  });
});

it('lets go of who sends no question for too long', async () => {
  const { at } = await listening(new Echo(), { limits: { idle: 50 } });
  const session = connect(`https://127.0.0.1:${at.port}`, { rejectUnauthorized: false });
  session.on('error', () => {});
  await once(session, 'close');
});

it('lets go of who does not finish a question', async () => {
  const handler = new Echo();
  const { at } = await listening(handler, { limits: { message: 100 } });
  const session = connect(`https://127.0.0.1:${at.port}`, { rejectUnauthorized: false });
  ends.push(() => session.destroy());
  const stream = session.request({
    ':path': '/dns-query',
    ':method': 'POST',
    'content-type': 'application/dns-message',
  });
  stream.on('error', () => {});
  stream.write(question(1).subarray(0, 5));
  const trickle = setInterval(() => stream.write(Uint8Array.of(0)), 10);
  await new Promise((resolve) => stream.once('close', resolve));
  clearInterval(trickle);
  expect(handler.asked).toEqual([]);
});

it('counts connections per address', async () => {
  const { at } = await listening(new Echo(), { limits: { perAddress: 1 } });
  const ask = await byHttp2(at);
  await expect(byHttp2(at)).rejects.toThrow();
  expect((await ask({ path: inPath(question(0)) })).status).toBe(200);
});

it('interoperates with kdig, by GET and POST', async () => {
  const { at } = await listening(new Addressing('192.0.2.7'));
  for (const how of ['+https', '+https-get']) {
    const { stdout } = await promisify(execFile)('kdig', [
      '@127.0.0.1',
      '-p',
      `${at.port}`,
      how,
      '+short',
      'quell.example',
      'A',
    ]);
    expect(stdout.trim()).toBe('192.0.2.7');
  }
});

it('interoperates with curl', async () => {
  const { at } = await listening(new Addressing('127.0.0.1'));
  const site = createServer((_request, response) => response.end('found it'));
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  ends.push(() => site.close());
  const { port } = site.address() as AddressInfo;
  const url = [
    '--doh-insecure',
    '--doh-url',
    `https://127.0.0.1:${at.port}/dns-query/annas-phone`,
    `http://quell.example:${port}/`,
  ];
  const { stdout } = await promisify(execFile)('curl', ['--silent', '--noproxy', '*', ...url]);
  expect(stdout).toBe('found it');
});
