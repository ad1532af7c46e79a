import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import type { ApiEnv } from './api-env.ts';

export interface HttpAddress {
  readonly host: string;
  readonly port: number;
}

/** The address can't be listened on; one sentence with the remedy. */
export class HttpListenFailed extends Error {
  override name = 'HttpListenFailed';
}

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses this port; stop it, or set QUELL_HTTP_LISTEN to another one',
  EACCES: 'ports below 1024 need a privilege; set QUELL_HTTP_LISTEN to a higher one',
  EADDRNOTAVAIL: 'this machine has no such address; set QUELL_HTTP_LISTEN to one that it has',
};

/** Headers must arrive within this time, or whoever sends them slowly holds a connection for ever. */
const HEADERS_WITHIN = 15_000;

/** Takes HTTP connections for the site. */
export class HttpListener {
  private readonly site: Hono<ApiEnv>;
  private readonly at: HttpAddress;
  private server: ReturnType<typeof createAdaptorServer> | undefined;

  constructor(deps: { site: Hono<ApiEnv>; at: HttpAddress }) {
    this.site = deps.site;
    this.at = deps.at;
  }

  /** @returns where it listens @throws HttpListenFailed */
  async start(): Promise<HttpAddress> {
    const { site, at } = this;
    const server = createAdaptorServer({
      fetch: (request, env) =>
        site.fetch(request, { ...env, address: (env as HttpBindings).incoming.socket.remoteAddress }),
      serverOptions: { headersTimeout: HEADERS_WITHIN, connectionsCheckingInterval: HEADERS_WITHIN / 3 },
    });
    try {
      server.listen({ host: at.host, port: at.port, ipv6Only: at.host === '::' });
      await once(server, 'listening');
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      throw new HttpListenFailed(`The web page can’t listen on ${textOf(at)}: ${remedies[code] ?? message}.`);
    }
    this.server = server;
    return { host: at.host, port: (server.address() as AddressInfo).port };
  }

  /** Streams that are open end now: the pages come back when there is somebody to come back to. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
    await closed;
  }
}

const textOf = ({ host, port }: HttpAddress): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
