import type { z } from '@hono/zod-openapi';
import type { Rule, Schedule as RuleSchedule } from '../../policy/model.ts';
import { checkFuture, checkScope, checkZone } from './checks.ts';
import type { ApiDeps } from './deps.ts';
import { patched } from './patched.ts';
import { badField } from './problem.ts';
import { checkRoom } from './rule-limits.ts';
import type { NewRule, RulePatch, Schedule } from './schemas/rules.ts';

type Deps = Pick<ApiDeps, 'household' | 'devices' | 'now'>;

/** A rule as it was asked for, not checked yet. */
export function ruleOf(wish: z.output<typeof NewRule>, id: string, deps: Deps): Rule {
  const { schedule, ...rest } = wish;
  return { id, ...rest, ...(schedule && { schedule: scheduleOf(schedule, deps) }), createdAt: deps.now() };
}

/** A rule as it is to be, not checked yet. */
export function patchedRule(rule: Rule, { schedule, ...wish }: z.output<typeof RulePatch>, deps: Deps): Rule {
  return patched(rule, {
    ...wish,
    ...(schedule !== undefined && { schedule: schedule && scheduleOf(schedule, deps) }),
  });
}

/** In the household's time zone, where no other is said. */
export function scheduleOf({ zone, windows }: z.output<typeof Schedule>, { household }: Deps): RuleSchedule {
  return { zone: zone ?? household.settings().zone, windows };
}

/**
 * What a schema can't know: whether the things that the rule names exist, and whether there is room for it.
 * @throws Problem 400 naming the field, 409
 */
export async function checkRule(rule: Rule, deps: Deps, untilIsNew = true): Promise<void> {
  const { scope, target, action, mode, until, schedule } = rule;
  const { household, now } = deps;
  checkRoom(rule, deps);
  checkScope(scope, deps);
  if (target.kind === 'list' && !household.get('list', target.value)) {
    throw badField('target.value', `There is no list "${target.value}"; take an id from GET /lists.`);
  }
  if (mode !== undefined && action === 'allow') {
    throw badField('mode', 'mode says how a blocked name is answered; leave it out of a rule that allows.');
  }
  if (target.kind === 'regex') await checkRegex(target.value, 'target.value');
  if (until !== undefined && untilIsNew) checkFuture(until, now());
  if (schedule) checkZone(schedule.zone, 'schedule.zone');
}

/** @throws Problem 400 naming the field */
export async function checkRegex(text: string, field: string): Promise<void> {
  // Few households write one.
  const { RE2JS } = await import('re2js');
  try {
    RE2JS.compile(text);
  } catch (error) {
    const why = (error as Error).message.replace(/^error parsing regexp: /, '');
    throw badField(
      field,
      `This regular expression can't be used (${why}); use RE2 syntax, without look-around and back-references.`,
    );
  }
}
