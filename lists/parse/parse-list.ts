import { AdblockReader } from './adblock.ts';
import { readAdblockRule } from './adblock-rule.ts';
import { cancelledRules } from './badfilter.ts';
import { DnsmasqReader } from './dnsmasq.ts';
import { BLANK, type EntrySink, isSpace, Line, type LineReader, RULE } from './entry.ts';
import { detectFormat, type Format } from './format.ts';
import { type ListHeader, readHeader } from './header.ts';
import { NamesReader } from './names-reader.ts';
import { RegexReader } from './regex.ts';
import { RpzReader } from './rpz.ts';
import { UnboundReader } from './unbound.ts';

/** A line that was not understood. */
export interface BadLine {
  /** From 1. */
  readonly line: number;
  readonly reason: string;
  /** Its beginning. */
  readonly text: string;
}

/** What reading a list gave. Lines are counted once; a line of a hosts file may make several entries. */
export interface ListReport {
  readonly format: Format;
  readonly header: ListHeader;
  /** Lines that say something about a name. */
  readonly rules: number;
  readonly skipped: number;
  readonly skippedBecause: Readonly<Record<string, number>>;
  readonly bad: number;
  /** The first of the bad lines. */
  readonly badLines: readonly BadLine[];
}

export interface ParseOptions {
  /** How many bad lines are kept in full; the rest are only counted. */
  readonly badLines?: number;
}

const NEWLINE = 0x0a;
const LONGEST_LINE = 16 * 1024;
const SHOWN = 120;

/**
 * Reads a whole list and gives its entries to the sink. Whatever a line holds, it costs at most itself.
 * @param bytes UTF-8, as `decodeList` returns it
 */
export function parseList(
  bytes: Uint8Array,
  sink: EntrySink,
  { badLines: budget = 50 }: ParseOptions = {},
): ListReport {
  const format = detectFormat(bytes);
  const header = readHeader(bytes);
  const reader = readerOf(format, header, bytes);
  const line = new Line();
  const skippedBecause = new Map<string, number>();
  const badLines: BadLine[] = [];
  let rules = 0;
  let bad = 0;
  line.bytes = bytes;
  for (let next = 0; reader !== undefined && next < bytes.length; ) {
    next = advance(line, next);
    if (line.start === line.end) continue;
    const reading = line.end - line.start > LONGEST_LINE ? TOO_LONG : reader.read(line, sink);
    if (reading === RULE) rules++;
    else if (reading === BLANK) continue;
    else if ('skipped' in reading) skippedBecause.set(reading.skipped, (skippedBecause.get(reading.skipped) ?? 0) + 1);
    else if (bad++ < budget) {
      const text = line.text(line.start, Math.min(line.end, line.start + SHOWN));
      badLines.push({ line: line.number, reason: reading.bad, text });
    }
  }
  const skipped = [...skippedBecause.values()].reduce((sum, count) => sum + count, 0);
  return { format, header, rules, skipped, skippedBecause: Object.fromEntries(skippedBecause), bad, badLines };
}

const TOO_LONG = { bad: `longer than ${LONGEST_LINE} bytes` };

/** Moves the window to the line that starts at `from`, trimmed. @returns where the next line starts */
function advance(line: Line, from: number): number {
  const { bytes } = line;
  let start = from;
  let newline = from;
  while (newline < bytes.length && bytes[newline] !== NEWLINE) newline++;
  let end = newline;
  while (start < end && isSpace(bytes[start])) start++;
  while (end > start && isSpace(bytes[end - 1])) end--;
  line.start = start;
  line.end = end;
  line.number++;
  return newline + 1;
}

function readerOf(format: Format, header: ListHeader, bytes: Uint8Array): LineReader | undefined {
  const adblock = () => new AdblockReader({ readRule: readAdblockRule, cancelled: cancelledRules(bytes) });
  switch (format) {
    case 'hosts':
      return new NamesReader({ bare: 'exact', adblock: adblock() });
    case 'domains':
    case 'wildcard':
      return new NamesReader({ bare: header.coversSubdomains ? 'suffix' : 'exact', adblock: adblock() });
    case 'adblock':
      return adblock();
    case 'dnsmasq':
      return new DnsmasqReader();
    case 'unbound':
      return new UnboundReader();
    case 'rpz':
      return new RpzReader();
    case 'regex':
      return new RegexReader();
    case 'html':
    case 'unknown':
      return undefined;
  }
}
