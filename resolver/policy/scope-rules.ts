import { purposeIndex } from '../../lists/purposes.ts';
import { hashName, lanesOfName } from '../../lists/rule-set/name-hash.ts';
import type { HashedName } from './hashed-name.ts';
import type { Hits } from './hits.ts';
import type { Rule, WallMs } from './model.ts';
import { type Spans, spansOf } from './schedule.ts';

/** Compiles a household's regular expression; it must match in time linear in the name's length. */
export type CompileRegex = (source: string) => (name: string) => boolean;

interface NameRule {
  readonly second: number;
  readonly exact: boolean;
  readonly rule: CompiledRule;
}

/** A rule with its position in the snapshot and, when it has a schedule, the spans it is on. */
export class CompiledRule {
  readonly rule: Rule;
  readonly number: number;
  private spans: Spans | undefined;

  constructor(rule: Rule, number: number) {
    this.rule = rule;
    this.number = number;
  }

  isOn(now: WallMs): boolean {
    const { until, schedule } = this.rule;
    if (until !== undefined && until <= now) return false;
    if (!schedule) return true;
    // Also when the clock was set back.
    if (!this.spans || now < this.spans.from || this.spans.until <= now) this.spans = spansOf(schedule, now);
    return this.spans.spans.some(([from, to]) => from <= now && now < to);
  }
}

/**
 * The rules of one scope. Within it the most specific that is on speaks:
 * exact domain > longest suffix > regex > purpose > list > everything; allow beats block on a tie.
 */
export class ScopeRules {
  /** By the first lane of the name's hash, as a small integer; the second lane is compared. */
  private readonly names = new Map<number, NameRule[]>();
  private readonly regexes: { matches: (name: string) => boolean; rule: CompiledRule }[] = [];
  private readonly purposes = new Map<number, CompiledRule[]>();
  private readonly lists = new Map<string, CompiledRule[]>();
  private readonly everything: CompiledRule[] = [];

  add(compiled: CompiledRule, compileRegex: CompileRegex): void {
    const { target, action } = compiled.rule;
    const place = (rules: CompiledRule[]) => (action === 'allow' ? rules.unshift(compiled) : rules.push(compiled));
    switch (target.kind) {
      case 'domain':
      case 'suffix': {
        const count = hashName(target.value);
        if (count === 0) return;
        const entry = { second: lanesOfName[2 * count - 1], exact: target.kind === 'domain', rule: compiled };
        const found = entries(this.names, lanesOfName[2 * count - 2] | 0);
        if (action === 'allow') found.unshift(entry);
        else found.push(entry);
        return;
      }
      case 'regex': {
        const entry = { matches: compileRegex(target.value), rule: compiled };
        if (action === 'allow') this.regexes.unshift(entry);
        else this.regexes.push(entry);
        return;
      }
      case 'purpose':
        place(entries(this.purposes, purposeIndex(target.value)));
        return;
      case 'list':
        place(entries(this.lists, target.value));
        return;
      case 'everything':
        place(this.everything);
    }
  }

  /** The rule that speaks for a name, if any does. */
  speak(name: HashedName, hits: Hits, now: WallMs): CompiledRule | undefined {
    return (
      this.byName(name, now) ??
      this.byRegex(name, now) ??
      (hits.purpose >= 0 ? firstOn(this.purposes.get(hits.purpose), now) : undefined) ??
      this.byList(hits, now) ??
      firstOn(this.everything, now)
    );
  }

  private byName(name: HashedName, now: WallMs): CompiledRule | undefined {
    if (this.names.size === 0) return undefined;
    const whole = name.name.count - 1;
    for (const exact of [true, false]) {
      for (let level = whole; level >= (exact ? whole : 0); level--) {
        const found = this.names.get(name.lanes[2 * level] | 0);
        if (!found) continue;
        const second = name.lanes[2 * level + 1];
        for (const entry of found) {
          if (entry.second === second && entry.exact === exact && entry.rule.isOn(now)) return entry.rule;
        }
      }
    }
    return undefined;
  }

  private byRegex(name: HashedName, now: WallMs): CompiledRule | undefined {
    if (this.regexes.length === 0) return undefined;
    const text = name.name.toText();
    return this.regexes.find((entry) => entry.rule.isOn(now) && entry.matches(text))?.rule;
  }

  private byList(hits: Hits, now: WallMs): CompiledRule | undefined {
    if (this.lists.size === 0) return undefined;
    let blocking: CompiledRule | undefined;
    for (let i = 0; i < hits.listCount; i++) {
      const rule = firstOn(this.lists.get(hits.sourceId(hits.lists[i])), now);
      if (rule?.rule.action === 'allow') return rule;
      blocking ??= rule;
    }
    return blocking;
  }
}

function entries<Key, Entry>(map: Map<Key, Entry[]>, key: Key): Entry[] {
  let found = map.get(key);
  if (!found) map.set(key, (found = []));
  return found;
}

/** `undefined` without a list: allow rules stand first, so that they win a tie. */
function firstOn(rules: readonly CompiledRule[] | undefined, now: WallMs): CompiledRule | undefined {
  return rules?.find((rule) => rule.isOn(now));
}
