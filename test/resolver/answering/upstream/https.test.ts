import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Deadlines } from '../../../../resolver/answering/upstream/deadlines.ts';
import { HttpsUpstream } from '../../../../resolver/answering/upstream/https.ts';
import { ask } from './ask.ts';
import { type Certificate, certificateFor } from './certificate.ts';
import { addresses, answer, query, spelledName } from './messages.ts';

const now = () => performance.now();
const name = 'dns.test.home.arpa';
const mediaType = 'application/dns-message';

interface Request {
  version: string;
  method: string | undefined;
  path: string | undefined;
  host: string | undefined;
  contentType: string | undefined;
  message: Buffer;
  respond(body: Uint8Array, status?: number, contentType?: string): void;
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
let certificate: Certificate;
let othersCertificate: Certificate;
beforeAll(() => {
  certificate = certificateFor(`DNS:${name}`);
  othersCertificate = certificateFor('DNS:other.home.arpa');
});

class WebServer {
  readonly requests: Request[] = [];
  readonly sockets = new Set<import('node:net').Socket>();
  connectionsSeen = 0;
  port = 0;
  behaviour: (request: Request) => void;

  constructor(behaviour: (request: Request) => void) {
    this.behaviour = behaviour;
  }

  async start(versions: 'both' | 'HTTP/1.1'): Promise<this> {
    const handle = (incoming: http2.Http2ServerRequest, outgoing: http2.Http2ServerResponse) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const request: Request = {
          version: incoming.httpVersion,
          method: incoming.method,
          path: incoming.url,
          host: (incoming.headers[':authority'] as string | undefined) ?? incoming.headers.host,
          contentType: incoming.headers['content-type'],
          message: Buffer.concat(chunks),
          respond: (body, status = 200, contentType = mediaType) => {
            outgoing.writeHead(status, { 'content-type': contentType });
            outgoing.end(body);
          },
        };
        this.requests.push(request);
        this.behaviour(request);
      });
    };
    const server =
      versions === 'both'
        ? http2.createSecureServer(certificate, handle)
        : https.createServer(certificate, handle as unknown as Parameters<typeof https.createServer>[1]);
    server.on('secureConnection', (socket) => {
      this.connectionsSeen++;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => {});
    });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    stops.push(async () => {
      for (const socket of this.sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
    return this;
  }
}

const answering = ({ message, respond }: Request) => respond(answer(message));

async function pair(behaviour: (request: Request) => void = answering, versions: 'both' | 'HTTP/1.1' = 'both') {
  const server = await new WebServer(behaviour).start(versions);
  return { server, upstream: upstreamAt(server.port) };
}

function upstreamAt(port: number, { trusted = certificate, as = name } = {}): HttpsUpstream {
  const lookup = () => {
    throw new Error('nothing is to be looked up');
  };
  const where = { label: 'test', address: '127.0.0.1', port, name: as, path: '/dns-query', ca: trusted.cert, lookup };
  const upstream = new HttpsUpstream({ ...where, deadlines: new Deadlines(now), now });
  stops.push(() => upstream.stop());
  return upstream;
}

describe('an upstream over HTTPS', () => {
  test('is asked as RFC 8484 says, over HTTP/2, with a length that tells nothing', async () => {
    const { server, upstream } = await pair();
    const got = await ask(upstream, query('Phone.example', { id: 0xbeef }), 3000);
    expect(addresses(got)).toEqual(['192.0.2.1']);
    expect(spelledName(got)).toBe('Phone.example');
    expect(Buffer.from(got).readUInt16BE(0)).toBe(0xbeef);
    const [{ message, ...request }] = server.requests;
    expect(request).toMatchObject({
      version: '2.0',
      method: 'POST',
      path: '/dns-query',
      host: `${name}:${server.port}`,
      contentType: mediaType,
    });
    expect(message.readUInt16BE(0)).toBe(0);
    expect(message.length).toBe(128);
  });

  test('answers many questions at once on one connection, in any order', async () => {
    const held: (() => void)[] = [];
    const { server, upstream } = await pair(({ message, respond }) => {
      held.push(() => respond(answer(message)));
      if (held.length === 50) for (const release of held.splice(0).reverse()) release();
    });
    const got = await Promise.all(Array.from({ length: 200 }, (_, i) => ask(upstream, query(`n${i}.example`), 5000)));
    expect(got.map(spelledName)).toEqual(Array.from({ length: 200 }, (_, i) => `n${i}.example`));
    expect(server.connectionsSeen).toBe(1);
  });

  test('without HTTP/2 is asked over HTTP/1.1', async () => {
    const { server, upstream } = await pair(answering, 'HTTP/1.1');
    const got = await Promise.all(['a', 'b', 'c'].map((host) => ask(upstream, query(`${host}.example`), 3000)));
    expect(got.map(spelledName)).toEqual(['a.example', 'b.example', 'c.example']);
    expect(new Set(server.requests.map(({ version }) => version))).toEqual(new Set(['1.1']));
  });

  const broken: [string, (request: Request) => void, RegExp][] = [
    ['HTTP 403', ({ respond }) => respond(Buffer.from('no'), 403, 'text/plain'), /HTTP 403/],
    ['a web page', ({ respond }) => respond(Buffer.from('<p>'), 200, 'text/html'), /web server without DNS/],
    ['another question', ({ respond }) => respond(answer(query('other.example'))), /another question/],
    ['nothing', ({ respond }) => respond(Buffer.alloc(0)), /another question/],
    ['a message without end', ({ respond }) => respond(Buffer.alloc(70_000)), /more than a DNS message/],
  ];
  test.each(broken)(
    'that answers with %s fails in words, and the next question may work',
    async (_, behaviour, words) => {
      const { server, upstream } = await pair(behaviour);
      await expect(ask(upstream, query('www.example.com'), 3000)).rejects.toThrow(words);
      server.behaviour = answering;
      expect(addresses(await ask(upstream, query('www.example.com'), 3000))).toEqual(['192.0.2.1']);
    },
  );

  test('that falls silent is left for a new connection', async () => {
    const { server, upstream } = await pair(() => {});
    await expect(ask(upstream, query('silent.example'), 200)).rejects.toThrow(/no answer within 200 ms/);
    server.behaviour = answering;
    expect(addresses(await ask(upstream, query('back.example'), 3000))).toEqual(['192.0.2.1']);
    expect(server.connectionsSeen).toBe(2);
  });

  test('may close the connection between two questions', async () => {
    const { server, upstream } = await pair();
    for (let i = 0; i < 3; i++) {
      expect(addresses(await ask(upstream, query('again.example'), 3000))).toEqual(['192.0.2.1']);
      for (const socket of server.sockets) socket.destroy();
    }
  });

  test('that can not show who it is gets no question', async () => {
    const { server } = await pair();
    const untrusted = upstreamAt(server.port, { trusted: othersCertificate });
    await expect(ask(untrusted, query('secret.example'), 3000)).rejects.toThrow(/shows a certificate/);
    const misnamed = upstreamAt(server.port, { as: 'other.home.arpa' });
    await expect(ask(misnamed, query('secret.example'), 3000)).rejects.toThrow(/certificate for another name/);
    expect(server.requests).toEqual([]);
  });

  test('can be stopped with questions in flight, which fail', async () => {
    const { server, upstream } = await pair(() => void upstream.stop());
    await expect(ask(upstream, query('stopping.example'), 5000)).rejects.toThrow(/no longer in use/);
    expect(server.requests.length).toBe(1);
  });
});
