import { isIPv6, type LookupFunction } from 'node:net';
import type { Client } from 'undici';
import type { Deadlines } from './deadlines.ts';
import { stopped } from './failure.ts';
import { HttpsExchange, type HttpsPath } from './https-exchange.ts';
import { pad } from './padding.ts';
import type { Asker, Upstream, UpstreamFailed } from './upstream.ts';

const PADDING_ROOM = 132;
/** Requests at once on the one connection; servers allow about as many streams. */
const STREAMS = 100;
/** Milliseconds that an unused connection is kept. */
const IDLE = 30_000;

const post = {
  method: 'POST' as const,
  headers: { 'content-type': 'application/dns-message', accept: 'application/dns-message' },
  idempotent: true,
  blocking: false,
};

export interface HttpsDeps {
  label: string;
  /** IP literal; without it `name` is looked up. */
  address: string | undefined;
  port: number;
  /** Host name of the web server; without it the address stands in the URL. */
  name: string | undefined;
  path: string;
  /** PEM; instead of the system's authorities. */
  ca: string | undefined;
  lookup: LookupFunction;
  deadlines: Deadlines;
  /** Monotonic milliseconds. */
  now: () => number;
}

/** DNS over HTTPS (RFC 8484) by POST on one connection, HTTP/2 where the server has it. */
export class HttpsUpstream implements Upstream, HttpsPath {
  readonly label: string;
  private readonly deps: HttpsDeps;
  private client: Promise<Client> | undefined;
  private heardAt = 0;
  private over = false;

  constructor(deps: HttpsDeps) {
    this.label = deps.label;
    this.deps = deps;
  }

  get deadlines(): Deadlines {
    return this.deps.deadlines;
  }

  get proven(): boolean {
    return this.heardAt > 0;
  }

  now(): number {
    return this.deps.now();
  }

  ask(query: Uint8Array, budget: number, asker: Asker): void {
    if (this.over) queueMicrotask(() => asker.failed(stopped(this.label)));
    else new HttpsExchange(this, query, budget, asker).start();
  }

  send(exchange: HttpsExchange): void {
    this.client ??= this.connect();
    const request = { ...post, path: this.deps.path, body: body(exchange.query) };
    this.client.then(
      (client) => client.dispatch(request, exchange),
      (error) => exchange.fail(error),
    );
  }

  heard(): void {
    this.heardAt = this.now();
  }

  /** A connection that says nothing for a whole budget is dead; the next question opens another one. */
  silent(askedAt: number, error: UpstreamFailed): void {
    if (this.heardAt >= askedAt) return;
    const dead = this.client;
    this.client = undefined;
    void dead?.then((client) => client.destroy(error));
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.client?.then((client) => client.destroy(stopped(this.label)));
  }

  private async connect(): Promise<Client> {
    // Costs 27 MB of memory, which households without such an upstream don't pay.
    const { Client } = await import('undici');
    const { address, name, port, ca, lookup } = this.deps;
    const host = name ?? (isIPv6(address ?? '') ? `[${address}]` : address);
    return new Client(`https://${host}:${port}`, {
      allowH2: true,
      pipelining: STREAMS,
      maxConcurrentStreams: STREAMS,
      keepAliveTimeout: IDLE,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { ca, lookup: address ? fixed(address) : lookup },
    });
  }
}

/** RFC 8484 section 4.1: id 0, which lets caches on the way do their work. */
function body(query: Uint8Array): Uint8Array {
  const message = Buffer.allocUnsafe(query.length + PADDING_ROOM);
  message.set(query);
  message[0] = message[1] = 0;
  return message.subarray(0, pad(message, 0, query.length));
}

const fixed =
  (address: string): LookupFunction =>
  (_, options, callback) => {
    const family = isIPv6(address) ? 6 : 4;
    if (options.all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
