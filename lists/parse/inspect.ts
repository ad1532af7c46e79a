import type { EntrySink, Saying } from './entry.ts';
import { LineSearch } from './find-line.ts';
import type { Name } from './name.ts';
import { type ListReport, parseList } from './parse-list.ts';

/** What the gate and a preview want to know of a list before it goes live. */
export interface Inspection {
  readonly report: ListReport;
  /** Of the text. */
  readonly bytes: number;
  readonly entries: { readonly block: number; readonly allow: number };
  /** The first names, for a person to look at. */
  readonly sample: readonly string[];
  /** Those of the given names that the list blocks. */
  readonly blocks: readonly string[];
}

const SAMPLE = 20;

/** @param names names that a list had better not block */
export function inspectList(bytes: Uint8Array, names: readonly string[]): Inspection {
  const search = new LineSearch(names);
  const tally = new Tally(search);
  const report = parseList(bytes, tally);
  return {
    report,
    bytes: bytes.length,
    entries: { block: tally.block, allow: tally.allow },
    sample: tally.sample,
    blocks: names.filter((name) => search.found.get(name)?.saying.action === 'block'),
  };
}

class Tally implements EntrySink {
  block = 0;
  allow = 0;
  readonly sample: string[] = [];
  private readonly search: LineSearch;

  constructor(search: LineSearch) {
    this.search = search;
  }

  name(name: Name, saying: Saying, line: number): void {
    if (this.block + this.allow < SAMPLE) this.sample.push(name.text());
    this.count(saying);
    this.search.name(name, saying, line);
  }

  pattern(regex: string, saying: Saying, line: number): void {
    if (this.block + this.allow < SAMPLE) this.sample.push(regex);
    this.count(saying);
    this.search.pattern(regex, saying, line);
  }

  private count(saying: Saying): void {
    if (saying.action === 'allow') this.allow++;
    else this.block++;
  }
}
