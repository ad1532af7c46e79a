import { isIPv6, type LookupFunction } from 'node:net';
import { Client } from 'undici';
import type { Deadlines } from './deadlines.ts';
import { stopped } from './failure.ts';
import { HttpsExchange, type HttpsPath } from './https-exchange.ts';
import { pad } from './padding.ts';
import type { Upstream } from './upstream.ts';

const PADDING_ROOM = 132;
/** Requests at once on the one connection; servers allow about as many streams. */
const STREAMS = 100;
/** Milliseconds that an unused connection is kept. */
const IDLE = 30_000;

const headers = { 'content-type': 'application/dns-message', accept: 'application/dns-message' };

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
export class HttpsUpstream implements Upstream {
  readonly label: string;
  private readonly deps: HttpsDeps;
  private readonly shared: HttpsPath;
  private client: Client | undefined;
  private heardAt = 0;
  private over = false;

  constructor(deps: HttpsDeps) {
    this.label = deps.label;
    this.deps = deps;
    const { label, deadlines, now } = deps;
    this.shared = {
      label,
      deadlines,
      now,
      silent: (askedAt) => this.silent(askedAt),
      heard: () => {
        this.heardAt = now();
      },
    };
  }

  ask(query: Uint8Array, budget: number): Promise<Uint8Array> {
    if (this.over) return Promise.reject(stopped(this.label));
    return new Promise((resolve, reject) => {
      const exchange = new HttpsExchange(this.shared, query, budget, resolve, reject);
      this.client ??= this.connect();
      const { path } = this.deps;
      this.client.dispatch(
        { path, method: 'POST', headers, body: body(query), idempotent: true, blocking: false },
        exchange,
      );
    });
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.client?.destroy(stopped(this.label));
  }

  private connect(): Client {
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

  /** A connection that says nothing for a whole budget is dead; the next question opens another one. */
  private silent(askedAt: number): void {
    if (this.heardAt >= askedAt) return;
    const dead = this.client;
    this.client = undefined;
    void dead?.destroy(stopped(this.label));
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
