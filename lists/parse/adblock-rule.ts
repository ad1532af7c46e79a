import { NetworkRuleParser } from '@adguard/agtree/parser';
import { type Modifier, modify } from './adblock-modifiers.ts';
import { placeOf } from './adblock-pattern.ts';
import type { Saying } from './entry.ts';

export type AdblockRule =
  | { readonly name: string; readonly saying: Saying }
  | { readonly regex: string; readonly saying: Saying }
  | { readonly skipped: string }
  | { readonly bad: string };

/** What is used of agtree's tree; its own declarations don't resolve under Node's module rules. */
interface RuleTree {
  readonly pattern: { readonly value: string };
  readonly exception: boolean;
  readonly modifiers?: {
    readonly children: readonly {
      readonly name: { readonly value: string };
      readonly value?: { readonly value: string };
    }[];
  };
}

/** An adblock rule that is not of the plain shapes. */
export function readAdblockRule(text: string): AdblockRule {
  const parts = split(text);
  if ('bad' in parts) return parts;
  const modified = modify(parts.modifiers);
  if (!('important' in modified)) return modified;
  const place = placeOf(parts.pattern);
  if ('skipped' in place || 'bad' in place) return place;
  const saying: Saying = {
    match: 'match' in place ? place.match : 'exact',
    action: parts.exception ? 'allow' : 'block',
    ...(modified.important && { important: true }),
    ...(modified.condition && { condition: modified.condition }),
  };
  return 'name' in place ? { name: place.name, saying } : { regex: place.regex, saying };
}

function split(text: string): { pattern: string; modifiers: Modifier[]; exception: boolean } | { bad: string } {
  try {
    const rule: RuleTree = NetworkRuleParser.parse(text, { isLocIncluded: false, includeRaws: false });
    return {
      pattern: rule.pattern.value,
      exception: rule.exception,
      modifiers: (rule.modifiers?.children ?? []).map((modifier) => ({
        name: modifier.name.value.toLowerCase(),
        value: modifier.value?.value,
      })),
    };
  } catch {
    return { bad: 'not a rule' };
  }
}
