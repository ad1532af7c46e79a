import type { z } from '@hono/zod-openapi';
import type { Rule as RuleDocument, Scope, Target } from '../../../policy/model.ts';
import type { Household } from '../../settings/household.ts';
import type { Rule } from '../schemas/rules.ts';
import { nameOfDevice } from './device.ts';
import { time, timeOr } from './time.ts';

export const presentRule = (rule: RuleDocument): z.infer<typeof Rule> => ({
  id: rule.id,
  scope: rule.scope.kind === 'everyone' ? { kind: 'everyone' } : { kind: rule.scope.kind, id: rule.scope.id },
  target: { kind: rule.target.kind, value: rule.target.value },
  action: rule.action,
  mode: rule.mode,
  until: timeOr(rule.until),
  schedule: presentSchedule(rule.schedule),
  comment: rule.comment,
  recipe: rule.recipe,
  createdAt: time(rule.createdAt),
});

export const presentSchedule = (schedule: RuleDocument['schedule']): z.infer<typeof Rule>['schedule'] =>
  schedule && {
    zone: schedule.zone,
    windows: schedule.windows.map(({ days, from, to }) => ({ days: [...days], from, to })),
  };

/** "data.mistat.xiaomi.com allowed on Mi 11", for history. */
export function sayRule(rule: Pick<RuleDocument, 'scope' | 'target' | 'action'>, household: Household): string {
  return `${sayTarget(rule.target)} ${rule.action === 'allow' ? 'allowed' : 'blocked'} ${sayScope(rule.scope, household)}`;
}

function sayTarget({ kind, value }: Target): string {
  switch (kind) {
    case 'domain':
      return value;
    case 'suffix':
      return `${value} and all below it`;
    case 'regex':
      return `Names like /${value}/`;
    case 'everything':
      return 'Everything';
    default:
      return `The ${kind} ${value}`;
  }
}

function sayScope({ kind, id }: Scope, household: Household): string {
  if (kind === 'everyone') return 'for everyone';
  if (kind === 'group') return `for ${household.get('group', id)?.name ?? id}`;
  const device = household.get('device', id);
  return `on ${device ? nameOfDevice(device) : id}`;
}
