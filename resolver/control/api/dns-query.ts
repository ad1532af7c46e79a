import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { checkDohMessage, DohRefusal, longestMessage, mediaType, readDohRequest } from '../../between/doh-request.ts';
import { type Relay, RelayBusy } from '../relay.ts';
import type { ApiContext, ApiEnv } from './api-env.ts';
import { clientAddress } from './client-address.ts';
import { ownHostOnly } from './origin.ts';

export interface DnsQueryDeps {
  readonly relay: Pick<Relay, 'ask'>;
  readonly hostNames?: readonly string[];
  readonly trustedProxies?: readonly string[];
}

const tooLong = () => refuse(new DohRefusal(413, 'This is longer than any DNS message.'));

/** DNS over HTTP at the page's own address (RFC 8484): for a reverse proxy that keeps the certificate. */
export function dnsQuery(deps: DnsQueryDeps): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use(ownHostOnly(deps), bodyLimit({ maxSize: longestMessage, onError: tooLong }));
  app.all('*', (c) => answer(c, deps).catch(refuse));
  return app;
}

/** @throws DohRefusal */
async function answer(c: ApiContext, { relay, trustedProxies = [] }: DnsQueryDeps): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  const { message, name } = readDohRequest(c.req.method, pathname + search, c.req.header('content-type'));
  const asked = message ?? checkDohMessage(new Uint8Array(await c.req.arrayBuffer()));
  const address = clientAddress(c, trustedProxies);
  if (address === '') throw new DohRefusal(400, 'It can’t be seen who asks.');
  const answered = await relay.ask(asked, address, name);
  if (!answered) throw new DohRefusal(503, 'There is no answer to this question.');
  // Never from a cache: the answer depends on who asks, and holds until somebody in the house changes their mind.
  return c.body(Uint8Array.from(answered), 200, { 'Content-Type': mediaType, 'Cache-Control': 'no-store' });
}

function refuse(error: unknown): Response {
  const refusal = error instanceof RelayBusy ? new DohRefusal(503, error.message) : error;
  if (!(refusal instanceof DohRefusal)) throw error;
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    ...(refusal.status === 405 && { Allow: 'GET, POST' }),
  };
  return new Response(`${refusal.message}\n`, { status: refusal.status, headers });
}
