import { createRoute } from '@hono/zod-openapi';
import type { ExplainedStep } from '../../../policy/explain.ts';
import { json, resource } from '../api-env.ts';
import { demand, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { typeName, typeNumber } from '../present/attempt.ts';
import { badField } from '../problem.ts';
import { ExplainQuery, Explanation } from '../schemas/record.ts';
import { mustFind } from './devices.ts';

const explain = createRoute({
  method: 'get',
  path: '/',
  request: { query: ExplainQuery },
  responses: { 200: json(Explanation, 'Why this device gets this answer for this name.') },
});

export const explainRoutes = (deps: ApiDeps & Required<Pick<ApiDeps, 'explain'>>) =>
  resource().openapi(explain, async (c) => {
    const { device, domain, type, at } = c.req.valid('query');
    demand(c, may.readDevice(c.get('caller'), device));
    mustFind(deps, device);
    const qtype = typeNumber(type);
    if (qtype === undefined) throw badField('type', `"${type}" is not a record type; write it like A, AAAA or HTTPS.`);
    const explained = await deps.explain(device, domain, qtype, at ?? deps.now());
    if (!explained)
      throw badField('domain', `"${domain}" is not a domain name; write it like "data.mistat.xiaomi.com".`);
    const { name, verdict, mode, steps, namedBy } = explained;
    const view = deps.devices.view(device);
    return c.json(
      {
        device,
        recognisedBy: view?.confidence.says ?? 'Only its record is left.',
        name,
        type: typeName(qtype),
        verdict: verdict as typeof verdict & { purpose?: never },
        steps: steps.map(({ says, ...step }) => ({ ...step, action: says, says: sayStep({ says, ...step }) })),
        mode,
        namedBy: [...namedBy],
      },
      200,
    );
  });

function sayStep({ says, spoke }: ExplainedStep): string {
  if (says === undefined) return 'Says nothing about this name.';
  if (spoke) return says === 'allow' ? 'Lets it pass.' : 'Blocks it.';
  return says === 'allow' ? 'Would let it pass.' : 'Would block it.';
}
