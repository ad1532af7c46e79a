import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { checkDohMessage, DohRefusal, longestMessage, readDohRequest } from '../../between/doh-request.ts';
import { withoutZone } from './addresses.ts';
import type { ListenAddress, Listener } from './carrier.ts';
import { Connections, type ConnectionsLimits, idleTime, usualLimits } from './connections.ts';
import { DohExchange, refuse } from './doh-exchange.ts';
import { closeServers, listenOn } from './servers.ts';
import type { TlsDeps } from './tls.ts';

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

export interface HttpsDeps extends TlsDeps {
  /** Seconds that HTTP caches may keep an answer: its lowest TTL. Without it they may not. */
  maxAge?: (answer: Uint8Array) => number | undefined;
}

/** DNS over HTTPS (RFC 8484), HTTP/2 and 1.1. A device may tell its name by the path. */
export class Https implements Listener {
  private readonly deps: HttpsDeps;
  private readonly limits: ConnectionsLimits;
  private readonly connections: Connections;
  private readonly servers: Http2SecureServer[] = [];
  private readonly arena = new Uint8Array(longestMessage);

  constructor(deps: HttpsDeps) {
    this.deps = deps;
    this.limits = { ...usualLimits, idle: idleTime.tls, ...deps.limits };
    this.connections = new Connections({ ...deps, limits: this.limits });
  }

  async start(): Promise<ListenAddress[]> {
    return listenOn('HTTPS', this.deps, () => this.create(), this.servers).catch(async (error) => {
      await this.stop();
      throw error;
    });
  }

  async stop(): Promise<void> {
    const closed = closeServers(this.servers.splice(0));
    this.connections.stop();
    await closed;
  }

  private create(): Http2SecureServer {
    const { certificate } = this.deps;
    const { idle, message, inFlight } = this.limits;
    // HTTP/2 has its frames, and the time limit of the body below.
    const http1Options = { headersTimeout: message, requestTimeout: message, keepAliveTimeout: idle };
    const server = createSecureServer({
      ...certificate.present,
      allowHTTP1: true,
      handshakeTimeout: message,
      settings: { maxConcurrentStreams: inFlight, enablePush: false },
      http1Options,
    });
    server.setTimeout(idle);
    certificate.follow(server);
    server.on('connection', (socket) => this.connections.admit(socket));
    server.on('request', (request: Request, response: Response) => void this.answer(request, response));
    server.on('sessionError', () => {});
    server.on('clientError', (_error, socket: TLSSocket) => socket.destroy());
    return server;
  }

  private async answer(request: Request, response: Response): Promise<void> {
    request.on('error', () => {});
    response.on('error', () => {});
    const { handler, clients, now, maxAge } = this.deps;
    try {
      const { message: asked, name } = readDohRequest(request.method, request.url, request.headers['content-type']);
      const message = asked ?? checkDohMessage(await readBody(request, this.limits.message));
      const remote = request.socket.remoteAddress;
      if (remote === undefined) return;
      const address = withoutZone(remote);
      const client = name === undefined ? clients.ofText(address) : clients.ofName(name, address);
      const exchange = new DohExchange(response, maxAge);
      const length = handler.handle(message, 0, message.length, client, exchange, this.arena, 0, now());
      exchange.finish(this.arena.subarray(0, length));
    } catch (error) {
      refuse(response, error instanceof DohRefusal ? error : new DohRefusal(400, 'The request broke off.'));
    }
  }
}

/** @param patience milliseconds for all of it @throws DohRefusal */
async function readBody(request: Request, patience: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Ends the HTTP/2 stream, or the HTTP/1.1 connection.
  const slow = setTimeout(() => ('stream' in request ? request.stream.close() : request.destroy()), patience);
  try {
    for await (const chunk of request) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > longestMessage) throw new DohRefusal(413, 'This is longer than any DNS message.');
    }
  } finally {
    clearTimeout(slow);
  }
  return Buffer.concat(chunks);
}
