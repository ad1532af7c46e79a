import { OpenAPIHono } from '@hono/zod-openapi';
import type { Env, MiddlewareHandler, Schema } from 'hono';
import { type ApiEnv, resource } from './api-env.ts';
import { knowCaller } from './caller.ts';
import type { ApiDeps } from './deps.ts';
import { followDevices } from './former-devices.ts';
import { limitBody } from './limit-body.ts';
import { describeApi } from './openapi.ts';
import { ownHostOnly, ownPageOnly } from './origin.ts';
import { onError, Problem, respond } from './problem.ts';
import { attemptExportRoutes } from './routes/attempt-export.ts';
import { attemptStreamRoutes } from './routes/attempt-stream.ts';
import { attemptRoutes } from './routes/attempts.ts';
import { deviceBrokeRoutes } from './routes/device-broke.ts';
import { deviceChoiceRoutes } from './routes/device-choices.ts';
import { deviceIdentityRoutes } from './routes/device-identity.ts';
import { deviceRecipeRoutes } from './routes/device-recipes.ts';
import { deviceReportRoutes } from './routes/device-report.ts';
import { deviceRoutes } from './routes/devices.ts';
import { domainRoutes } from './routes/domains.ts';
import { explainRoutes } from './routes/explain.ts';
import { exportRoutes, importRoutes } from './routes/export.ts';
import { groupRoutes, peopleRoutes } from './routes/groups.ts';
import { historyRoutes } from './routes/history.ts';
import { listCatalogRoutes } from './routes/list-catalog.ts';
import { listVersionRoutes } from './routes/list-versions.ts';
import { listRoutes } from './routes/lists.ts';
import { meRoutes } from './routes/me.ts';
import { packRoutes } from './routes/packs.ts';
import { ruleRoutes } from './routes/rules.ts';
import { sessionRoutes, setUpRoutes } from './routes/session.ts';
import { settingsRoutes } from './routes/settings.ts';
import { simulateRoutes } from './routes/simulate.ts';
import { stateRoutes } from './routes/state.ts';
import { summaryRoutes } from './routes/summary.ts';
import { tokenRoutes } from './routes/tokens.ts';

/** Everything below /api/v1. A function of what is behind it; listening is elsewhere. */
export function createApi(deps: ApiDeps) {
  const api = new OpenAPIHono<ApiEnv>();
  api.onError(onError(deps.log));
  api.notFound(() =>
    respond(new Problem(404, 'There is no such resource; GET /api/v1/openapi.json lists all there are.')),
  );
  // Who it is must be known before what may be done, and strangers' pages are turned away before either.
  api.use(ownHostOnly(deps), ownPageOnly, limitBody, noStore, knowCaller(deps));
  api.use('/devices/:id/*', followDevices(deps));
  describeApi(api);
  return api
    .route('/session', sessionRoutes(deps))
    .route('/setup', setUpRoutes(deps))
    .route('/state', stateRoutes(deps))
    .route('/settings', settingsRoutes(deps))
    .route('/devices', deviceRoutes(deps))
    .route('/devices', deviceChoiceRoutes(deps))
    .route('/devices', deviceIdentityRoutes(deps))
    .route('/devices', deviceBrokeRoutes(deps))
    .route('/devices', deviceRecipeRoutes(deps))
    .route('/devices', deviceReportRoutes(deps))
    .route('/rules', ruleRoutes(deps))
    .route('/attempts', attemptRoutes(deps))
    .route('/attempts', attemptExportRoutes(deps))
    .route('/attempts', where(deps, 'live', attemptStreamRoutes))
    .route('/summary', summaryRoutes(deps))
    .route('/explain', where(deps, 'explain', explainRoutes))
    .route('/domains', domainRoutes(deps))
    .route('/packs', packRoutes(deps))
    .route('/lists', listCatalogRoutes(deps))
    .route('/lists', where(deps, 'lists', listVersionRoutes))
    .route('/lists', where(deps, 'lists', listRoutes))
    .route('/simulate', where(deps, 'simulator', simulateRoutes))
    .route('/tokens', tokenRoutes(deps))
    .route('/people', peopleRoutes(deps))
    .route('/groups', groupRoutes(deps))
    .route('/history', historyRoutes(deps))
    .route('/me', meRoutes(deps))
    .route('/export', exportRoutes(deps))
    .route('/import', importRoutes(deps));
}

export type Api = ReturnType<typeof createApi>;

/** Routes whose service isn't there answer 404; to the typed client they look the same. */
function where<K extends keyof ApiDeps, E extends Env, S extends Schema, P extends string>(
  deps: ApiDeps,
  key: K,
  routes: (deps: ApiDeps & { readonly [Key in K]-?: NonNullable<ApiDeps[Key]> }) => OpenAPIHono<E, S, P>,
): OpenAPIHono<E, S, P> {
  if (deps[key] === undefined) return resource() as unknown as OpenAPIHono<E, S, P>;
  return routes(deps as ApiDeps & { readonly [Key in K]-?: NonNullable<ApiDeps[Key]> });
}

/** Answers are about a household's habits; no cache on the way keeps them. */
const noStore: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next();
  if (!c.res.headers.has('cache-control')) c.res.headers.set('Cache-Control', 'no-store');
};
