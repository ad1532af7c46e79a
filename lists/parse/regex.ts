import { RE2JS } from 're2js';
import type { Place } from './adblock-pattern.ts';
import { BLANK, type EntrySink, type Line, type LineReader, type Reading, RULE } from './entry.ts';
import { Name } from './name.ts';

const HASH = 0x23;

/** A regex that stands for a name and all below it, or for exactly one name, is written as that: names cost nothing. */
const suffixForm = /^(?:\(\^\|\\\.\)|\(\\\.\|\^\)|\(\?:\^\|\\\.\))((?:[a-z0-9_-]+\\\.)*[a-z0-9_-]+)\$$/i;
const exactForm = /^\^((?:[a-z0-9_-]+\\\.)+[a-z0-9_-]+)\$$/i;

/** What a regex of a list stands for. Only what RE2 runs in linear time is taken. */
export function regexPattern(source: string): Place {
  if (/\[\[:(space|blank):\]\]|\\s|\s/.test(source)) return { skipped: 'looks for blanks, which no name has' };
  const suffix = suffixForm.exec(source);
  if (suffix) return { name: suffix[1].replaceAll('\\.', '.'), match: 'suffix' };
  const exact = exactForm.exec(source);
  if (exact) return { name: exact[1].replaceAll('\\.', '.'), match: 'exact' };
  const regex = `(?i)${source}`;
  try {
    const compiled = RE2JS.compile(regex);
    return compiled.matcher('').find() ? { skipped: 'would match every name' } : { regex };
  } catch {
    return { bad: 'a regex that can’t run in linear time, or is none' };
  }
}

/** One regex a line, as Pi-hole keeps them. */
export class RegexReader implements LineReader {
  private readonly name = new Name();

  read(line: Line, sink: EntrySink): Reading {
    if (line.bytes[line.start] === HASH) return BLANK;
    const place = regexPattern(line.text());
    if ('regex' in place) {
      sink.pattern(place.regex, { match: 'exact', action: 'block' }, line.number);
      return RULE;
    }
    if (!('name' in place)) return place;
    const fault = this.name.readText(place.name);
    if (fault !== undefined) return { bad: fault };
    sink.name(this.name, { match: place.match, action: 'block' }, line.number);
    return RULE;
  }
}
