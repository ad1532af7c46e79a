import { Parents } from './compile-parents.ts';
import type { EntrySink, Saying } from './parse/entry.ts';
import type { Name } from './parse/name.ts';
import { type ListReport, parseList } from './parse/parse-list.ts';
import type { RuleSetBuilder } from './rule-set/builder.ts';
import type { Membership } from './rule-set/rule-set.ts';

export interface ListText {
  readonly id: string;
  /** SHA-256 of the text. */
  readonly version: string;
  /** Every line of an allow list allows, whatever its format would say. */
  readonly kind: 'block' | 'allow';
  /** UTF-8; asked for when its turn comes, so that one list is in memory at a time. */
  readonly read: () => Uint8Array;
}

export interface CompileLimits {
  /** Names of all packs and lists together. */
  readonly names: number;
  /** Regexes of one list; each is tried on every name that nothing else decides. */
  readonly patterns: number;
}

export interface CompiledList {
  readonly id: string;
  /** Names and patterns that were added; those a parent speaks for are not among them. */
  readonly entries: number;
  readonly byKind: EntryCounts;
  readonly report: ListReport;
}

export interface EntryCounts {
  readonly exact: number;
  readonly suffix: number;
  readonly below: number;
  readonly pattern: number;
  readonly allow: number;
  /** Left out, because a parent in the same list says the same. */
  readonly swallowed: number;
  /** Patterns beyond `CompileLimits.patterns`, which were left out. */
  readonly patternsLeftOut: number;
}

/** More names than the memory budget allows; the message is for the owner. */
export class DoesNotFit extends Error {
  override name = 'DoesNotFit';
  readonly list: string;

  constructor(list: string, limits: CompileLimits) {
    super(
      `The lists hold more than ${limits.names.toLocaleString('en')} names, which is what the memory set aside for them holds; ` +
        'choose a smaller list, or raise the memory for lists.',
    );
    this.list = list;
  }
}

/** @throws DoesNotFit; the builder is then of no more use */
export function addList(builder: RuleSetBuilder, list: ListText, limits: CompileLimits): CompiledList {
  const bytes = list.read();
  const parents = new Parents();
  parseList(bytes, parents, { badLines: 0 });
  builder.reserve(Math.min(parents.names, limits.names - builder.size));
  const source = builder.sources.push({ kind: 'list', id: list.id, version: list.version, entries: 0 }) - 1;
  const entries = new ListEntries({ builder, list, source, parents, limits });
  const report = parseList(bytes, entries);
  const added = entries.total;
  builder.sources[source] = { kind: 'list', id: list.id, version: list.version, entries: added };
  return { id: list.id, entries: added, byKind: entries.counts, report };
}

interface Deps {
  readonly builder: RuleSetBuilder;
  readonly list: ListText;
  readonly source: number;
  readonly parents: Parents;
  readonly limits: CompileLimits;
}

/** Puts entries of one list into the builder. */
class ListEntries implements EntrySink {
  readonly counts = { exact: 0, suffix: 0, below: 0, pattern: 0, allow: 0, swallowed: 0, patternsLeftOut: 0 };
  private readonly deps: Deps;
  private readonly numbers = new Map<Saying, number>();

  constructor(deps: Deps) {
    this.deps = deps;
  }

  get total(): number {
    return this.counts.exact + this.counts.suffix + this.counts.below + this.counts.pattern;
  }

  name(name: Name, saying: Saying): void {
    const { builder, list, parents, limits } = this.deps;
    if (parents.swallow(name, saying)) {
      this.counts.swallowed++;
      return;
    }
    if (builder.size >= limits.names) throw new DoesNotFit(list.id, limits);
    if (!builder.add(name.first, name.second, this.numberOf(saying))) return;
    this.counts[saying.match]++;
    if (saying.action === 'allow') this.counts.allow++;
  }

  pattern(regex: string, saying: Saying): void {
    if (this.counts.pattern >= this.deps.limits.patterns) {
      this.counts.patternsLeftOut++;
      return;
    }
    this.deps.builder.patterns.push({ regex, membership: this.membershipOf(saying) });
    this.counts.pattern++;
    if (saying.action === 'allow') this.counts.allow++;
  }

  private numberOf(saying: Saying): number {
    let number = this.numbers.get(saying);
    if (number === undefined) {
      number = this.deps.builder.membership(this.membershipOf(saying));
      // Rules with modifiers bring a saying of their own each; remembering those would keep them all alive.
      if (saying.condition === undefined) this.numbers.set(saying, number);
    }
    return number;
  }

  private membershipOf({ match, action, important, condition }: Saying): Membership {
    const { builder, list, source } = this.deps;
    return {
      source,
      match,
      action: list.kind === 'allow' ? 'allow' : action,
      ...(important && { important }),
      ...(condition && { condition: builder.condition(condition) }),
    };
  }
}
