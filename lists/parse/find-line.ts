import { RE2JS } from 're2js';
import type { EntrySink, Saying } from './entry.ts';
import { Name } from './name.ts';
import { parseList } from './parse-list.ts';

/** A line of a list that speaks of a name. */
export interface Finding {
  /** From 1. */
  readonly line: number;
  readonly saying: Saying;
}

/** The line that decides about a name, and its text. */
export interface FoundLine extends Finding {
  readonly text: string;
}

/** Which line of a list names it; of several, the one whose word counts. */
export function findLine(bytes: Uint8Array, name: string): FoundLine | undefined {
  const finding = findLines(bytes, [name]).get(name);
  return finding && { ...finding, text: lineText(bytes, finding.line) };
}

/**
 * What a list says of many names, in one reading.
 * @returns the deciding line of each name that the list speaks of
 */
export function findLines(bytes: Uint8Array, names: readonly string[]): Map<string, Finding> {
  const search = new LineSearch(names);
  parseList(bytes, search, { badLines: 0 });
  return search.found;
}

/** A name that is looked for, at one of its suffixes. */
interface Wanted {
  readonly name: string;
  readonly second: number;
  /** Whether the suffix is the whole name. */
  readonly whole: boolean;
}

/** Finds the deciding lines of names in what a reading gives it. */
export class LineSearch implements EntrySink {
  /** By name; for those that the list speaks of. */
  readonly found = new Map<string, Finding>();
  private readonly names: readonly string[];
  /** By the first lane of each suffix. */
  private readonly wanted = new Map<number, Wanted[]>();

  constructor(names: readonly string[]) {
    this.names = names;
    const reader = new Name();
    for (const name of names) {
      if (reader.readText(name) !== undefined) continue;
      for (let level = 0; level < reader.labels; level++) {
        const first = reader.lanes[2 * level];
        const wanted = { name, second: reader.lanes[2 * level + 1], whole: level === reader.labels - 1 };
        const others = this.wanted.get(first);
        if (others === undefined) this.wanted.set(first, [wanted]);
        else others.push(wanted);
      }
    }
  }

  name(name: Name, saying: Saying, line: number): void {
    const wanted = this.wanted.get(name.first);
    if (wanted === undefined) return;
    for (const { name: asked, second, whole } of wanted) {
      if (second !== name.second || (whole ? saying.match === 'below' : saying.match === 'exact')) continue;
      if (!saying.condition?.denyallow?.some((suffix) => isAtOrBelow(asked, suffix))) this.note(asked, saying, line);
    }
  }

  pattern(regex: string, saying: Saying, line: number): void {
    const compiled = RE2JS.compile(regex);
    for (const name of this.names) {
      if (compiled.matcher(name.toLowerCase().replace(/\.$/, '')).find()) this.note(name, saying, line);
    }
  }

  private note(name: string, saying: Saying, line: number): void {
    const before = this.found.get(name);
    if (before === undefined || weight(saying) > weight(before.saying)) this.found.set(name, { line, saying });
  }
}

/** `$important` beats what has none; at the same weight, allowing beats blocking. */
const weight = (saying: Saying): number => (saying.important ? 2 : 0) + (saying.action === 'allow' ? 1 : 0);

function isAtOrBelow(name: string, suffix: string): boolean {
  const asked = name.toLowerCase().replace(/\.$/, '');
  return asked === suffix || asked.endsWith(`.${suffix}`);
}

function lineText(bytes: Uint8Array, number: number): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  for (let line = 1; line < number; line++) start = buffer.indexOf('\n', start) + 1;
  const newline = buffer.indexOf('\n', start);
  return buffer.toString('utf8', start, newline < 0 ? buffer.length : newline).trim();
}
