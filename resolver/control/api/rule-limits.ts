import type { Rule } from '../../policy/model.ts';
import type { ApiDeps } from './deps.ts';
import { Problem } from './problem.ts';

/** A rule costs about 150 octets in each plane. */
const MOST_RULES = 100_000;
/** Every look-up that no name decides is compared with all expressions of its scopes, one by one. */
const MOST_EXPRESSIONS = 50;

/** @throws Problem 409 when there is no room for one more rule */
export function checkRoom({ id, scope, target }: Rule, { household }: Pick<ApiDeps, 'household'>): void {
  const isNew = household.get('rule', id) === undefined;
  if (isNew && household.count('rule') >= MOST_RULES) {
    throw new Problem(
      409,
      `There are ${MOST_RULES.toLocaleString('en')} rules, the most there may be; remove some, or subscribe a list instead.`,
    );
  }
  if (target.kind !== 'regex') return;
  const others = household
    .all('rule')
    .filter((rule) => rule.id !== id && rule.target.kind === 'regex')
    .filter((rule) => rule.scope.kind === scope.kind && rule.scope.id === scope.id);
  if (others.length >= MOST_EXPRESSIONS) {
    throw new Problem(
      409,
      `There are ${MOST_EXPRESSIONS} regular expressions here, the most there may be; put several into one with "|", or use suffixes.`,
    );
  }
}
