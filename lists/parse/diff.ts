import { LaneSet } from '../rule-set/lane-set.ts';
import type { EntrySink, Saying } from './entry.ts';
import type { Name } from './name.ts';
import { parseList } from './parse-list.ts';

export interface DiffEntry {
  /** A name, or the text of a regex. */
  readonly name: string;
  readonly match: Saying['match'] | 'regex';
  readonly action: Saying['action'];
}

/** Entries that one version has and the other has not. */
export interface DiffSide {
  readonly count: number;
  /** The first of them, in the order of the list. */
  readonly entries: readonly DiffEntry[];
}

export interface ListDiff {
  readonly added: DiffSide;
  readonly removed: DiffSide;
}

/** @param limit how many entries of each side are named; the rest are only counted */
export function diffLists(before: Uint8Array, after: Uint8Array, limit: number): ListDiff {
  return { added: missingIn(entriesOf(before), after, limit), removed: missingIn(entriesOf(after), before, limit) };
}

function entriesOf(bytes: Uint8Array): EntrySet {
  const entries = new EntrySet();
  parseList(bytes, entries, { badLines: 0 });
  return entries;
}

function missingIn(known: EntrySet, bytes: Uint8Array, limit: number): DiffSide {
  const missing = new Missing(known, limit);
  parseList(bytes, missing, { badLines: 0 });
  return { count: missing.count, entries: missing.entries };
}

const matches = ['exact', 'suffix', 'below'];

/** Tells entries of one name apart by what they say of it; conditions don't count. */
const stamp = ({ match, action, important }: Saying): number =>
  Math.imul(matches.indexOf(match) * 4 + (action === 'allow' ? 2 : 0) + (important ? 1 : 0), 0x9e3779b1);

class EntrySet implements EntrySink {
  private readonly names = new LaneSet();
  private readonly patterns = new Set<string>();

  /** @returns whether it was new */
  name(name: Name, saying: Saying): boolean {
    return this.names.add(name.first, name.second ^ stamp(saying));
  }

  pattern(regex: string, saying: Saying): boolean {
    const key = `${saying.action} ${regex}`;
    if (this.patterns.has(key)) return false;
    this.patterns.add(key);
    return true;
  }
}

class Missing implements EntrySink {
  count = 0;
  readonly entries: DiffEntry[] = [];
  private readonly known: EntrySet;
  private readonly limit: number;

  constructor(known: EntrySet, limit: number) {
    this.known = known;
    this.limit = limit;
  }

  // Adding what is missed makes sure that a name that stands twice counts once.
  name(name: Name, saying: Saying): void {
    if (!this.known.name(name, saying)) return;
    if (this.count++ < this.limit) this.entries.push({ name: name.text(), match: saying.match, action: saying.action });
  }

  pattern(regex: string, saying: Saying): void {
    if (!this.known.pattern(regex, saying)) return;
    if (this.count++ < this.limit) this.entries.push({ name: regex, match: 'regex', action: saying.action });
  }
}
