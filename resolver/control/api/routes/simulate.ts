import { createRoute, type z } from '@hono/zod-openapi';
import type { PolicySnapshot } from '../../../between/policy-snapshot.ts';
import type { DevicePolicy } from '../../../policy/model.ts';
import { body, json, resource } from '../api-env.ts';
import { demand, may } from '../caller.ts';
import { checkRule, ruleOf } from '../checked-rule.ts';
import type { ApiDeps } from '../deps.ts';
import { time } from '../present/time.ts';
import { badField } from '../problem.ts';
import { SimulateIn, Simulation } from '../schemas/household.ts';
import { type Simulator, TRIED_RULE } from '../simulator.ts';
import { mustFind } from './devices.ts';

const WEEK = 7 * 24 * 3_600_000;

const simulate = createRoute({
  method: 'post',
  path: '/',
  request: body(SimulateIn),
  responses: { 200: json(Simulation, 'What the change would have done to what was recorded.') },
});

export const simulateRoutes = (deps: ApiDeps & { readonly simulator: Simulator }) =>
  resource().openapi(simulate, async (c) => {
    demand(c, may.read(c.get('caller')));
    const { change, ...span } = c.req.valid('json');
    const to = span.to ?? deps.now();
    const from = span.from ?? to - WEEK;
    if (from >= to) throw badField('from', 'from must be before to.');
    const snapshot = await withChange(deps.household.policySnapshot(), change, deps);
    const { domains, from: reached, ...counts } = await deps.simulator.simulate({ snapshot, from, to });
    return c.json(
      {
        from: time(reached),
        to: time(to),
        ...counts,
        domains: domains.map((domain) => ({ ...domain, devices: [...domain.devices] })),
      },
      200,
    );
  });

type Change = z.output<typeof SimulateIn>['change'];

async function withChange(snapshot: PolicySnapshot, change: Change, deps: ApiDeps): Promise<PolicySnapshot> {
  if (change.kind === 'rule') {
    const rule = ruleOf(change.rule, TRIED_RULE, deps);
    await checkRule(rule, deps);
    return { ...snapshot, rules: [...snapshot.rules, rule] };
  }
  if (change.kind === 'preset' && change.device === undefined) {
    return { ...snapshot, settings: { ...snapshot.settings, defaultPreset: change.preset } };
  }
  mustFind(deps, change.device!);
  return {
    ...snapshot,
    devices: snapshot.devices.map((device) => (device.id === change.device ? withChoice(device, change) : device)),
  };
}

/** Choosing for a device is deciding about it. */
function withChoice(
  { undecided: _, ...device }: DevicePolicy,
  change: Exclude<Change, { kind: 'rule' }>,
): DevicePolicy {
  if (change.kind === 'preset') return { ...device, preset: change.preset };
  const { [change.purpose]: __, ...others } = device.purposes;
  const purposes = change.action === 'inherit' ? others : { ...others, [change.purpose]: { action: change.action } };
  return { ...device, purposes };
}
