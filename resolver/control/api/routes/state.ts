import { createRoute } from '@hono/zod-openapi';
import type { Coverage } from '../../coverage/coverage.ts';
import type { Spokesman } from '../../coverage/spokesman.ts';
import { json, resource } from '../api-env.ts';
import { demand, may } from '../caller.ts';
import type { ApiDeps, NoticeFacts } from '../deps.ts';
import { presentNode, silentNodes, wrongClocks } from '../present/node.ts';
import { time } from '../present/time.ts';
import { noTotals, today } from '../present/today.ts';
import { State } from '../schemas/household.ts';

const state = createRoute({
  method: 'get',
  path: '/',
  responses: { 200: json(State, 'How the household stands, in one sentence and in numbers.') },
});

export const stateRoutes = (deps: ApiDeps) =>
  resource().openapi(state, async (c) => {
    demand(c, may.read(c.get('caller')));
    const { node, household, now } = deps;
    const totals = await today(deps);
    const devices = coverageOf(deps);
    return c.json(
      {
        sentence: sentenceOf(devices, household.readOnly),
        version: node.version,
        node: node.name,
        now: time(now()),
        startedAt: time(node.startedAt),
        devices,
        today: totals?.household ?? noTotals,
        store: { kind: node.store, reachable: household.readOnly === undefined && totals !== undefined },
        nodes: nodesOf(deps),
        policyVersion: household.version,
        sources: deps.devices.sources().map(({ name, state }) => ({ name, ...state })),
        notices: noticesOf(deps, totals !== undefined),
      },
      200,
    );
  });

type Counts = { total: number; covered: number; partly: number; notCovered: number; unknown: number };

const counterOf: Record<Coverage['state'], Exclude<keyof Counts, 'total'>> = {
  covered: 'covered',
  partly: 'partly',
  'not-covered': 'notCovered',
  unknown: 'unknown',
};

const nodesOf = ({ node, now }: ApiDeps) => (node.nodes?.() ?? []).map((each) => presentNode(each, now()));

function coverageOf({ household, coverage }: ApiDeps): Counts {
  const counts: Counts = { total: 0, covered: 0, partly: 0, notCovered: 0, unknown: 0 };
  for (const { id } of household.all('device')) {
    counts.total++;
    counts[counterOf[coverage?.(id).state ?? 'unknown']]++;
  }
  return counts;
}

function sentenceOf({ total, covered, partly, notCovered }: Counts, readOnly: string | undefined): string {
  if (readOnly !== undefined) return 'Names are answered as before, but nothing can be changed or recorded now.';
  if (total === 0) return 'No phone has asked yet; set your router’s DNS to this machine.';
  const phones = total === 1 ? '1 device' : `${total} devices`;
  if (notCovered + partly > 0) return `${covered} of ${phones} covered; ${notCovered + partly} not fully.`;
  if (covered === total) return `All ${phones} covered.`.replace('All 1 device', 'The one device is');
  return `${phones} known.`;
}

const speaksForMany = ({ device, sentence, fixes }: Spokesman): NoticeFacts => ({
  id: 'spokesman',
  level: 'warning',
  sentence,
  remedy: 'Let every phone ask Quell by itself, in one of these ways.',
  fixes,
  device,
});

function noticesOf({ household, node, spokesmen }: ApiDeps, canRead: boolean) {
  const notices: NoticeFacts[] = [
    ...(node.notices?.() ?? []),
    ...silentNodes(node.nodes?.() ?? []),
    ...wrongClocks(node.nodes?.() ?? []),
    ...(spokesmen?.() ?? []).map(speaksForMany),
  ];
  if (household.readOnly !== undefined) {
    const said = notices.findIndex(({ id }) => id === 'store-away');
    if (said >= 0) notices.splice(said, 1);
    notices.unshift({ id: 'store-away', level: 'error', sentence: household.readOnly });
  } else if (!canRead) {
    notices.unshift({
      id: 'record-away',
      level: 'error',
      sentence: 'The record can’t be read now; counts are missing.',
    });
  }
  return notices;
}
