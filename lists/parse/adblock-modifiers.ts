import type { Condition } from '../rule-set/rule-set.ts';
import { leadsNowhere } from './hosts.ts';
import { recordTypes } from './record-types.ts';

export interface Modifier {
  readonly name: string;
  readonly value?: string;
}

export type Modified =
  | { readonly important: boolean; readonly condition?: Condition }
  | { readonly skipped: string }
  | { readonly bad: string };

type Part = { condition: Condition } | { skipped: string } | { bad: string };

const readers: Record<string, (value: string) => Part> = { client, denyallow, dnsrewrite, dnstype };

/** What the modifiers after `$` make of a rule. One that only browsers understand makes the rule useless to DNS. */
export function modify(modifiers: readonly Modifier[]): Modified {
  let important = false;
  let condition: Condition | undefined;
  for (const { name, value } of modifiers) {
    if (name === 'important') important = true;
    else if (name === 'badfilter') return { skipped: 'takes back another rule' };
    else if (name !== 'all') {
      const reader = readers[name];
      if (reader === undefined) return { skipped: `for browsers only: $${name}` };
      const part = reader(value ?? '');
      if (!('condition' in part)) return part;
      condition = { ...condition, ...part.condition };
    }
  }
  return { important, condition };
}

/** `a|b` holds for these, `~a|~b` for all others. Where both kinds stand, those without `~` decide. */
function choices(value: string): { chosen: string[]; except: boolean } {
  const all = value.split('|').map((item) => item.trim());
  const plain = all.filter((item) => !item.startsWith('~'));
  return plain.length > 0
    ? { chosen: plain, except: false }
    : { chosen: all.map((item) => item.slice(1)), except: true };
}

function client(value: string): Part {
  const { chosen, except } = choices(value);
  const names = chosen.map((name) => name.replace(/^(["'])(.*)\1$/, '$2').replace(/\\(.)/g, '$1')).filter(Boolean);
  return names.length > 0 ? { condition: { clients: { names, except } } } : { bad: '$client without a client' };
}

function denyallow(value: string): Part {
  const names = value.split('|').map((name) => name.trim().toLowerCase().replace(/\.$/, ''));
  const named = names.every((name) => /^[\w-]+(\.[\w-]+)*$/.test(name));
  return named ? { condition: { denyallow: names } } : { bad: '$denyallow with something that is no name' };
}

function dnstype(value: string): Part {
  const { chosen, except } = choices(value);
  const codes = chosen.map((type) => recordTypes[type.toUpperCase()]);
  return codes.every((code) => code !== undefined)
    ? { condition: { types: { codes, except } } }
    : { bad: '$dnstype with an unknown type' };
}

const rcodes = ['NOERROR', 'NXDOMAIN', 'REFUSED', 'SERVFAIL'];

/**
 * Answers that lead nowhere are taken; a list may not send a name to an address or name of its choice, just as a line
 * of a hosts file may not.
 */
function dnsrewrite(value: string): Part {
  if (value === '') return { skipped: 'an exception from rewriting' };
  const [rcode, type, answer] = value.includes(';') ? value.split(';') : shorthand(value);
  if (!rcodes.includes(rcode.toUpperCase())) return { bad: '$dnsrewrite with an unknown answer' };
  if (!type || !answer) return { condition: { rewrite: { rcode: rcode.toUpperCase() } } };
  if (!leadsNowhere(answer)) return { skipped: 'an answer of the list’s own choice' };
  return { condition: { rewrite: { rcode: rcode.toUpperCase(), type: type.toUpperCase(), value: answer } } };
}

function shorthand(value: string): readonly [string, string, string] {
  if (rcodes.includes(value.toUpperCase())) return [value, '', ''];
  return ['NOERROR', value.includes(':') ? 'AAAA' : 'A', value];
}
