import { createRoute, z } from '@hono/zod-openapi';
import type { Rule as RuleDocument } from '../../../policy/model.ts';
import { newId } from '../../settings/id.ts';
import { type ApiContext, body, json, resource, tellChange } from '../api-env.ts';
import { authorOf, demand, demandShort, may } from '../caller.ts';
import { checkRule, patchedRule, ruleOf } from '../checked-rule.ts';
import type { ApiDeps } from '../deps.ts';
import { ifAsSeen, showTag } from '../if-match.ts';
import { presentRule, sayRule } from '../present/rule.ts';
import { notFound } from '../problem.ts';
import { Id } from '../schemas/common.ts';
import { NewRule, Rule, RulePatch, Rules } from '../schemas/rules.ts';
import { writeDevice } from '../written-device.ts';

const params = z.object({ id: Id });

const list = createRoute({
  method: 'get',
  path: '/',
  responses: {
    200: json(Rules, 'Rules in force or scheduled, newest first; a member or a device token sees its own.'),
  },
});
const read = createRoute({
  method: 'get',
  path: '/{id}',
  request: { params },
  responses: { 200: json(Rule, 'The rule.') },
});
const create = createRoute({
  method: 'post',
  path: '/',
  request: body(NewRule),
  responses: { 201: json(Rule, 'The new rule; it holds from the next look-up on.') },
});
const patch = createRoute({
  method: 'patch',
  path: '/{id}',
  request: { params, ...body(RulePatch) },
  responses: { 200: json(Rule, 'The rule as it is now.') },
});
const remove = createRoute({
  method: 'delete',
  path: '/{id}',
  request: { params },
  responses: { 204: { description: 'The rule is gone.' } },
});

export const ruleRoutes = (deps: ApiDeps) => {
  const { household, now } = deps;
  return resource()
    .openapi(list, (c) => {
      const caller = c.get('caller');
      demand(c, caller.role !== 'nobody');
      const rules = household
        .all('rule')
        .filter((rule) => rule.until === undefined || rule.until > now())
        .filter(({ scope }) => may.read(caller) || (scope.kind === 'device' && may.readDevice(caller, scope.id)))
        .sort((a, b) => b.createdAt - a.createdAt);
      return c.json({ rules: rules.map(presentRule) }, 200);
    })
    .openapi(read, (c) => {
      const rule = mustFind(deps, c.req.valid('param').id);
      const { scope } = rule;
      const caller = c.get('caller');
      demand(c, may.read(caller) || (scope.kind === 'device' && may.readDevice(caller, scope.id)));
      showTag(c, rule);
      return c.json(presentRule(rule), 200);
    })
    .openapi(create, async (c) => {
      const rule = ruleOf(c.req.valid('json'), newId('r'), deps);
      demandRule(c, rule, deps);
      await checkRule(rule, deps);
      await writeDevice(rule.scope.id, deps);
      const author = authorOf(c, sayRule(rule, household));
      tellChange(c, await household.change(author, [{ kind: 'rule', id: rule.id, value: rule }]));
      showTag(c, household.get('rule', rule.id));
      return c.json(presentRule(rule), 201);
    })
    .openapi(patch, async (c) => {
      const { id } = c.req.valid('param');
      const wish = c.req.valid('json');
      const before = mustFind(deps, id);
      demandRule(c, before, deps);
      const after = patchedRule(before, wish, deps);
      demandRule(c, after, deps);
      await checkRule(after, deps, wish.until !== undefined);
      await writeDevice(after.scope.id, deps);
      const author = authorOf(c, `Rule changed: ${sayRule(after, household)}`);
      const edit = ifAsSeen<RuleDocument>(c, (current) => current && patchedRule(current, wish, deps));
      tellChange(c, await household.change(author, [{ kind: 'rule', id, edit }]));
      showTag(c, mustFind(deps, id));
      return c.json(presentRule(mustFind(deps, id)), 200);
    })
    .openapi(remove, async (c) => {
      const { id } = c.req.valid('param');
      const rule = mustFind(deps, id);
      demandRule(c, rule, deps);
      const author = authorOf(c, `Rule removed: ${sayRule(rule, household)}`);
      tellChange(
        c,
        await household.change(author, [{ kind: 'rule', id, edit: ifAsSeen<RuleDocument>(c, () => undefined) }]),
      );
      return c.body(null, 204);
    });
};

function mustFind({ household }: ApiDeps, id: string): RuleDocument {
  const rule = household.get('rule', id);
  if (!rule) throw notFound('rule');
  return rule;
}

/** Members: allow a name on their own phone, for a while. */
function demandRule(c: ApiContext, rule: RuleDocument, { now }: ApiDeps): void {
  const caller = c.get('caller');
  const { scope, target, action, until } = rule;
  if (scope.kind !== 'device') {
    demand(c, may.change(caller));
    return;
  }
  if (may.changeDevice(caller, scope.id)) return;
  const isSmall = action === 'allow' && (target.kind === 'domain' || target.kind === 'suffix') && !rule.schedule;
  demand(c, isSmall && may.changeForAWhile(caller, scope.id));
  demandShort(c, scope.id, until === undefined ? Number.POSITIVE_INFINITY : (until - now()) / 60_000);
}
