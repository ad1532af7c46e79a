import { purposeIndex } from '../../lists/purposes.ts';
import { hashName, lanesOfName } from '../../lists/rule-set/name-hash.ts';
import type { HashedName } from './hashed-name.ts';
import type { Hits } from './hits.ts';
import type { Rule, WallMs } from './model.ts';
import { isOn } from './schedule.ts';

/** Compiles a household's regular expression; it must match in time linear in the name's length. */
export type CompileRegex = (source: string) => (name: string) => boolean;

/** A rule with its position in the snapshot. */
export interface NumberedRule {
  readonly rule: Rule;
  readonly number: number;
}

interface NameRule extends NumberedRule {
  readonly second: number;
  readonly exact: boolean;
}

interface RegexRule extends NumberedRule {
  readonly matches: (name: string) => boolean;
}

/**
 * The rules of one scope. Within it the most specific that is on speaks:
 * exact domain > longest suffix > regex > purpose > list > everything; allow beats block on a tie.
 * Sorted when the first question comes: a large household changes one rule at a time, and few of its devices
 * ask before it changes another.
 */
export class ScopeRules {
  private readonly compileRegex: CompileRegex;
  private unsorted: NumberedRule[] = [];
  hasAny = false;
  /** By the first lane of the name's hash, as a small integer; the second lane is compared. */
  private names: Map<number, NameRule[]> | undefined;
  /** A bit for each first lane by its low five bits: most names are none of a few rules', and need no look into the map. */
  private marks = 0;
  private regexes: RegexRule[] | undefined;
  private purposes: Map<number, NumberedRule[]> | undefined;
  private lists: Map<string, NumberedRule[]> | undefined;
  private everything: NumberedRule[] | undefined;

  constructor(compileRegex: CompileRegex) {
    this.compileRegex = compileRegex;
  }

  add(rule: Rule, number: number): void {
    this.unsorted.push({ rule, number });
    this.hasAny = true;
  }

  /** The rule that speaks for a name, if any does. */
  speak(name: HashedName, hits: Hits, now: WallMs): NumberedRule | undefined {
    if (this.unsorted.length > 0) this.sort();
    return (
      this.byName(name, now) ??
      this.byRegex(name, now) ??
      (hits.purpose >= 0 ? firstOn(this.purposes?.get(hits.purpose), now) : undefined) ??
      this.byList(hits, now) ??
      firstOn(this.everything, now)
    );
  }

  /** Allow rules come to stand first, so that they win a tie; of equal rules, the one that was made first. */
  private sort(): void {
    const rules = this.unsorted.sort(
      (a, b) => rank(a) - rank(b) || a.rule.createdAt - b.rule.createdAt || (a.rule.id < b.rule.id ? -1 : 1),
    );
    this.unsorted = [];
    for (const numbered of rules) this.place(numbered);
  }

  private place(numbered: NumberedRule): void {
    const { target } = numbered.rule;
    switch (target.kind) {
      case 'domain':
      case 'suffix': {
        const count = hashName(target.value);
        if (count === 0) return;
        const first = lanesOfName[2 * count - 2];
        const entry = { ...numbered, second: lanesOfName[2 * count - 1], exact: target.kind === 'domain' };
        entries((this.names ??= new Map()), first | 0).push(entry);
        this.marks |= 1 << (first & 31);
        return;
      }
      case 'regex':
        (this.regexes ??= []).push({ ...numbered, matches: this.compileRegex(target.value) });
        return;
      case 'purpose':
        entries((this.purposes ??= new Map()), purposeIndex(target.value)).push(numbered);
        return;
      case 'list':
        entries((this.lists ??= new Map()), target.value).push(numbered);
        return;
      case 'everything':
        (this.everything ??= []).push(numbered);
    }
  }

  private byName(name: HashedName, now: WallMs): NumberedRule | undefined {
    const { names, marks } = this;
    if (!names) return undefined;
    const whole = name.name.count - 1;
    for (const exact of [true, false]) {
      for (let level = whole; level >= (exact ? whole : 0); level--) {
        const first = name.lanes[2 * level];
        if ((marks & (1 << (first & 31))) === 0) continue;
        const found = names.get(first | 0);
        if (!found) continue;
        const second = name.lanes[2 * level + 1];
        for (const entry of found) {
          if (entry.second === second && entry.exact === exact && isOn(entry.rule, now)) return entry;
        }
      }
    }
    return undefined;
  }

  private byRegex(name: HashedName, now: WallMs): NumberedRule | undefined {
    if (!this.regexes) return undefined;
    const text = name.name.toText();
    return this.regexes.find((entry) => isOn(entry.rule, now) && entry.matches(text));
  }

  private byList(hits: Hits, now: WallMs): NumberedRule | undefined {
    if (!this.lists) return undefined;
    let best: NumberedRule | undefined;
    for (let i = 0; i < hits.listCount; i++) {
      const found = firstOn(this.lists.get(hits.sourceId(hits.lists[i])), now);
      if (found && (!best || rank(found) < rank(best))) best = found;
    }
    return best;
  }
}

const rank = ({ rule }: NumberedRule): number => (rule.action === 'allow' ? 0 : 1);

function entries<Key, Entry>(map: Map<Key, Entry[]>, key: Key): Entry[] {
  let found = map.get(key);
  if (!found) map.set(key, (found = []));
  return found;
}

/** `undefined` without a list. */
function firstOn(rules: readonly NumberedRule[] | undefined, now: WallMs): NumberedRule | undefined {
  return rules?.find(({ rule }) => isOn(rule, now));
}
