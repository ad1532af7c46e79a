import type { EntrySink, Saying } from './entry.ts';
import { findLines } from './find-line.ts';
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
  const tally = new Tally();
  const report = parseList(bytes, tally);
  const findings = findLines(bytes, names);
  return {
    report,
    bytes: bytes.length,
    entries: { block: tally.block, allow: tally.allow },
    sample: tally.sample,
    blocks: names.filter((name) => findings.get(name)?.saying.action === 'block'),
  };
}

class Tally implements EntrySink {
  block = 0;
  allow = 0;
  readonly sample: string[] = [];

  name(name: Name, saying: Saying): void {
    if (this.block + this.allow < SAMPLE) this.sample.push(name.text());
    this.count(saying);
  }

  pattern(regex: string, saying: Saying): void {
    if (this.block + this.allow < SAMPLE) this.sample.push(regex);
    this.count(saying);
  }

  private count(saying: Saying): void {
    if (saying.action === 'allow') this.allow++;
    else this.block++;
  }
}
