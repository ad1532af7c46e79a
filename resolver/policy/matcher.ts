import { purposeIndex } from '../../lists/purposes.ts';
import type { Condition, Membership, RuleSet } from '../../lists/rule-set/rule-set.ts';
import type { HashedName } from './hashed-name.ts';
import type { Hits } from './hits.ts';
import type { CompileRegex } from './scope-rules.ts';

/** A membership in numbers, as look-ups want it. */
export interface Entry {
  readonly source: number;
  readonly pack: boolean;
  readonly exact: boolean;
  readonly below: boolean;
  readonly allow: boolean;
  readonly important: boolean;
  /** Position in `purposes`, -1 for lists. */
  readonly purpose: number;
  readonly tentative: boolean;
  readonly condition: Condition | undefined;
}

interface PatternEntry {
  readonly matches: (name: string) => boolean;
  readonly entry: Entry;
}

/** Finds everything that packs and lists say of a name. */
export class Matcher {
  readonly ruleSet: RuleSet;
  /** Ids of packs and lists by source number. */
  readonly sourceIds: readonly string[];
  private readonly listSets: readonly (readonly Entry[])[];
  private readonly patterns: readonly PatternEntry[];

  constructor(ruleSet: RuleSet, compileRegex: CompileRegex) {
    const { meta } = ruleSet;
    const entryOf = (membership: Membership): Entry => ({
      source: membership.source,
      pack: meta.sources[membership.source].kind === 'pack',
      exact: membership.match === 'exact',
      below: membership.match === 'below',
      allow: membership.action === 'allow',
      important: membership.important === true,
      purpose: membership.purpose ? purposeIndex(membership.purpose) : -1,
      tentative: membership.tentative === true,
      condition: membership.condition === undefined ? undefined : meta.conditions[membership.condition],
    });
    this.ruleSet = ruleSet;
    this.sourceIds = meta.sources.map((source) => source.id);
    this.listSets = meta.listSets.map((memberships) => memberships.map(entryOf));
    this.patterns = meta.patterns.map(({ regex, membership }) => ({
      matches: compileRegex(regex),
      entry: entryOf(membership),
    }));
  }

  /** Fills `hits` from the root towards the host, so that the longest pack entry stays. */
  find(name: HashedName, qtype: number, device: string, hits: Hits): void {
    hits.clear(this.sourceIds);
    const { ruleSet, listSets } = this;
    const { lanes } = name;
    const { count } = name.name;
    for (let level = 0; level < count; level++) {
      const listSet = ruleSet.find(lanes[2 * level], lanes[2 * level + 1]);
      if (listSet === 0) continue;
      const whole = level === count - 1;
      for (const entry of listSets[listSet]) {
        if (whole ? entry.below : entry.exact) continue;
        if (entry.condition && !holds(entry.condition, name, qtype, device)) continue;
        hits.add(entry);
      }
    }
    if (this.patterns.length > 0) this.findPatterns(name, qtype, device, hits);
  }

  private findPatterns(name: HashedName, qtype: number, device: string, hits: Hits): void {
    const text = name.name.toText();
    for (const { matches, entry } of this.patterns) {
      if (entry.condition && !holds(entry.condition, name, qtype, device)) continue;
      if (matches(text)) hits.add(entry);
    }
  }
}

function holds(condition: Condition, name: HashedName, qtype: number, device: string): boolean {
  const { types, clients, denyallow } = condition;
  if (types && types.codes.includes(qtype) === types.except) return false;
  if (clients && clients.names.includes(device) === clients.except) return false;
  if (!denyallow) return true;
  const text = name.name.toText();
  return !denyallow.some((suffix) => text === suffix || text.endsWith(`.${suffix}`));
}
