import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Relay } from '../relay.ts';
import type { ApiEnv } from './api-env.ts';
import { createApi } from './app.ts';
import type { ApiDeps } from './deps.ts';
import { dnsQuery } from './dns-query.ts';
import { type MetricsReaders, metricsReadersOnly } from './metrics-access.ts';
import { onError, Problem, respond } from './problem.ts';
import { webPage } from './web-page.ts';

export interface SiteDeps extends ApiDeps {
  /** Folder of the built web page. */
  readonly webRoot: string;
  /** Takes DNS questions at /dns-query, when they are taken there. */
  readonly relay?: Pick<Relay, 'ask'>;
  /** Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  readonly metricsReaders: MetricsReaders;
  /** Whether questions are answered and the household can be changed; the sentence says what is missing. */
  readonly ready: () => { readonly ready: boolean; readonly says: string };
}

/** Everything that HTTP serves: the page, the API, and what watches over services ask for. */
export function createSite(deps: SiteDeps): Hono<ApiEnv> {
  const site = new Hono<ApiEnv>();
  site.onError(onError(deps.log));
  site.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      xFrameOptions: 'DENY',
      referrerPolicy: 'no-referrer',
      // The page is served over plain HTTP in most households; whoever puts TLS in front decides about this.
      strictTransportSecurity: false,
    }),
  );
  site.get('/healthz', (c) => c.json({ says: 'Alive.' }));
  site.get('/readyz', (c) => {
    const { ready, says } = deps.ready();
    return c.json({ says }, ready ? 200 : 503);
  });
  site.get('/metrics', metricsReadersOnly(deps), async (c) =>
    c.text(await deps.metrics(), 200, { 'Content-Type': 'text/plain; version=0.0.4' }),
  );
  site.route('/api/v1', createApi(deps));
  site.all('/api/*', () =>
    respond(new Problem(404, 'There is no such resource; GET /api/v1/openapi.json lists all there are.')),
  );
  if (deps.relay) site.route('/dns-query', dnsQuery({ ...deps, relay: deps.relay }));
  site.get('*', webPage(deps.webRoot));
  return site;
}
