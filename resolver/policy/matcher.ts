import { purposeIndex } from '../../lists/purposes.ts';
import type { Condition, Membership, RuleSet } from '../../lists/rule-set/rule-set.ts';
import { type ClientCondition, clientConditions } from './client-conditions.ts';
import type { HashedName } from './hashed-name.ts';
import type { Hits } from './hits.ts';
import type { BlockMode } from './model.ts';
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
  /** Position of the condition in the rule-set. */
  readonly conditionNumber: number;
  /** How the entry itself wants its names to be answered. */
  readonly mode: BlockMode | undefined;
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
  /** For `heldConditions` of each device. */
  readonly clientConditions: readonly ClientCondition[];
  private readonly listSets: readonly (readonly Entry[])[];
  private readonly patterns: readonly PatternEntry[];

  constructor(ruleSet: RuleSet, compileRegex: CompileRegex) {
    const { meta } = ruleSet;
    const entryOf = (membership: Membership): Entry => {
      const condition = membership.condition === undefined ? undefined : meta.conditions[membership.condition];
      return {
        source: membership.source,
        pack: meta.sources[membership.source].kind === 'pack',
        exact: membership.match === 'exact',
        below: membership.match === 'below',
        allow: membership.action === 'allow',
        important: membership.important === true,
        purpose: membership.purpose ? purposeIndex(membership.purpose) : -1,
        tentative: membership.tentative === true,
        condition,
        conditionNumber: membership.condition ?? -1,
        mode: condition && modeOf(condition),
      };
    };
    this.clientConditions = clientConditions(meta.conditions);
    this.ruleSet = ruleSet;
    this.sourceIds = meta.sources.map((source) => source.id);
    this.listSets = meta.listSets.map((memberships) => memberships.map(entryOf));
    this.patterns = meta.patterns.map(({ regex, membership }) => ({
      matches: compileRegex(regex),
      entry: entryOf(membership),
    }));
  }

  /**
   * Fills `hits` from the root towards the host, so that the longest pack entry stays.
   * @param held what `heldConditions` says of the device that asks
   */
  find(name: HashedName, qtype: number, held: Uint8Array, hits: Hits): void {
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
        if (entry.condition && !holds(entry, name, qtype, held)) continue;
        hits.add(entry);
      }
    }
    if (this.patterns.length > 0) this.findPatterns(name, qtype, held, hits);
  }

  private findPatterns(name: HashedName, qtype: number, held: Uint8Array, hits: Hits): void {
    const text = name.name.toText();
    for (const { matches, entry } of this.patterns) {
      if (entry.condition && !holds(entry, name, qtype, held)) continue;
      if (matches(text)) hits.add(entry);
    }
  }
}

function holds({ condition, conditionNumber }: Entry, name: HashedName, qtype: number, held: Uint8Array): boolean {
  const { types, clients, denyallow } = condition!;
  if (types && types.codes.includes(qtype) === types.except) return false;
  if (clients && held[conditionNumber] === 0) return false;
  if (!denyallow) return true;
  const text = name.name.toText();
  return !denyallow.some((suffix) => text === suffix || text.endsWith(`.${suffix}`));
}

/** `$dnsrewrite` and the answers of zones, as far as they are ways of blocking. */
function modeOf({ rewrite }: Condition): BlockMode | undefined {
  switch (rewrite?.rcode) {
    case undefined:
      return undefined;
    case 'NXDOMAIN':
      return 'nxdomain';
    case 'NOERROR':
      return rewrite?.value === undefined ? 'nodata' : 'null';
    default:
      return 'refused';
  }
}
