import { msg } from '@lit/localize';
import type { Rule } from './model.ts';
import { fill } from './words.ts';

/** What a rule is about, in words: a name, a name and all below it, a purpose. */
export function targetWords(rule: Pick<Rule, 'target'>, purposeTitle: (id: string) => string): string {
  const { kind, value = '' } = rule.target;
  switch (kind) {
    case 'domain':
      return value;
    case 'suffix':
      return fill(msg('{name} and all below it'), { name: value });
    case 'regex':
      return fill(msg('names like {pattern}'), { pattern: value });
    case 'purpose':
      return purposeTitle(value);
    case 'list':
      return fill(msg('the list {name}'), { name: value });
    case 'everything':
      return msg('everything');
  }
}

/** A device's own rules without those of a recipe, which ends as one; those that end soonest first, then the newest. */
export const rulesOf = (rules: readonly Rule[], device: string): Rule[] =>
  rules
    .filter((rule) => rule.scope.kind === 'device' && rule.scope.id === device && rule.recipe === undefined)
    .toSorted(
      (a, b) =>
        (a.until ? Date.parse(a.until) : Number.MAX_SAFE_INTEGER) -
          (b.until ? Date.parse(b.until) : Number.MAX_SAFE_INTEGER) || b.createdAt.localeCompare(a.createdAt),
    );
