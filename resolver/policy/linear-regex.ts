import type { RuleSetMeta } from '../../lists/rule-set/rule-set.ts';
import type { Rule } from './model.ts';
import type { CompileRegex } from './scope-rules.ts';

/** Stands in while no rule needs a regular expression: then none is compiled. */
const none: CompileRegex = (source) => {
  throw new Error(`no regular expression was announced, yet "${source}" is to be compiled`);
};

/**
 * A compiler for the household's and the lists' expressions that can't be made to run for ever: re2 has no
 * back-tracking. It is loaded only where something needs it. An expression that can't be read matches nothing:
 * the API takes none, and one that got in all the same must not end the way of every question.
 */
export async function regexFor(rules: readonly Rule[], meta: RuleSetMeta): Promise<CompileRegex> {
  if (meta.patterns.length === 0 && !rules.some((rule) => rule.target.kind === 'regex')) return none;
  const { RE2JS } = await import('re2js');
  return (source) => {
    try {
      const expression = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
      return (name) => expression.matcher(name).find();
    } catch {
      return () => false;
    }
  };
}
