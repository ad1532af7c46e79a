import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './api-env.ts';
import { Problem } from './schemas/common.ts';

interface Operation {
  responses?: Record<string, unknown>;
  security?: unknown;
}

/** The description of the API at /openapi.json; made when first asked for, which is seldom. */
export function describeApi(api: OpenAPIHono<ApiEnv>): void {
  api.openAPIRegistry.register('Problem', Problem);
  api.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'quell_session',
  });
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  let described: unknown;
  api.get('/openapi.json', (c) => c.json((described ??= describe(api)) as object));
}

function describe(api: OpenAPIHono<ApiEnv>): unknown {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Quell',
      version: '1',
      description:
        'What each phone of a household reports to its maker, and who decides. Times go out as RFC 3339 text and come in as that or as milliseconds since 1970. Every write answers with the header Quell-Change, an id for POST /history/{id}/undo.',
      license: { name: 'MIT' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ session: [] }, { token: [] }, {}],
  });
  // Every operation can fail in the same way, so it is said here and not at each of them.
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(path as Record<string, Operation>)) {
      if (operation.responses) operation.responses.default = problem;
    }
  }
  return document;
}

const problem = {
  description: 'What went wrong, in one sentence with the remedy (RFC 9457).',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
