import { createRoute } from '@hono/zod-openapi';
import type { FoundLine } from '../../../../lists/parse/find-line.ts';
import type { ExplainedStep } from '../../../policy/explain.ts';
import { FormerIds } from '../../former-ids.ts';
import { NotRemembered } from '../../settings/as-of.ts';
import { json, resource } from '../api-env.ts';
import { demand, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { typeName, typeNumber } from '../present/attempt.ts';
import { linesOf } from '../present/list-lines.ts';
import { time } from '../present/time.ts';
import { badField } from '../problem.ts';
import { ExplainQuery, Explanation } from '../schemas/record.ts';
import { mustFind } from './devices.ts';

const explain = createRoute({
  method: 'get',
  path: '/',
  request: { query: ExplainQuery },
  responses: { 200: json(Explanation, 'Why this device gets this answer for this name.') },
});

export const explainRoutes = (deps: ApiDeps & Required<Pick<ApiDeps, 'explain'>>) => {
  const formerIds = new FormerIds(deps.household);
  return resource().openapi(explain, async (c) => {
    const { device: asked, domain, type, at } = c.req.valid('query');
    const today = formerIds.today(asked);
    demand(c, may.readDevice(c.get('caller'), today));
    const { formerly } = mustFind(deps, today);
    const qtype = typeNumber(type);
    if (qtype === undefined) throw badField('type', `"${type}" is not a record type; write it like A, AAAA or HTTPS.`);
    const past = at !== undefined && at < deps.household.decidedAt;
    // Before it became part of another device, it had decisions of its own.
    const device = past && formerly?.some(({ id, until }) => id === asked && at < until) ? asked : today;
    const explained = await deps.explain(device, domain, qtype, at ?? deps.now(), past).catch(refuseForgotten);
    if (!explained)
      throw badField('domain', `"${domain}" is not a domain name; write it like "data.mistat.xiaomi.com".`);
    const { name, verdict, mode, steps, namedBy } = explained;
    const view = deps.devices.view(today);
    const lines = await linesOf(
      steps.flatMap((step) => listOf(step) ?? []),
      name,
      deps,
    );
    return c.json(
      {
        device,
        ...(at !== undefined && { at: time(at) }),
        ...(past && { asOf: 'The household’s decisions are those of that time; packs and lists are those of now.' }),
        recognisedBy: view?.confidence.says ?? 'Only its record is left.',
        name,
        type: typeName(qtype),
        verdict: verdict as typeof verdict & { purpose?: never },
        steps: steps.map(({ says, ...step }) => ({
          ...step,
          action: says,
          says: sayStep({ says, ...step }),
          detail: step.detail ?? sayLine(step, lines, deps),
        })),
        mode,
        namedBy: [...namedBy],
      },
      200,
    );
  });
};

/** "My list, line 8: 0.0.0.0 ads.example", for what a list says. */
function sayLine(step: Pick<ExplainedStep, 'reason'>, lines: ReadonlyMap<string, FoundLine>, deps: ApiDeps) {
  const id = listOf(step);
  if (id === undefined) return undefined;
  const list = deps.household.get('list', id)?.name ?? id;
  const found = lines.get(id);
  return found ? `${list}, line ${found.line}: ${found.text}` : list;
}

const listOf = ({ reason }: Pick<ExplainedStep, 'reason'>): string | undefined =>
  reason?.match(/^(?:list|watch):(.+)$/)?.[1];

function refuseForgotten(error: unknown): never {
  if (error instanceof NotRemembered) throw badField('at', error.message);
  throw error;
}

function sayStep({ says, spoke }: ExplainedStep): string {
  if (says === undefined) return 'Says nothing about this name.';
  if (spoke) return says === 'allow' ? 'Lets it pass.' : 'Blocks it.';
  return says === 'allow' ? 'Would let it pass.' : 'Would block it.';
}
