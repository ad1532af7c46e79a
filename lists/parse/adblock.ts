import type { AdblockRule } from './adblock-rule.ts';
import { comparableRule } from './badfilter.ts';
import {
  allowSuffix,
  BLANK,
  blockBelow,
  blockExact,
  blockSuffix,
  type EntrySink,
  type Line,
  type LineReader,
  type Reading,
  RULE,
} from './entry.ts';
import { HostsReader } from './hosts.ts';
import { ADDRESS, Name } from './name.ts';

const AT = 0x40;
const BANG = 0x21;
const BRACKET = 0x5b;
const CARET = 0x5e;
const HASH = 0x23;
const PIPE = 0x7c;

/** Markers of element hiding, scripts and page styles, as all dialects write them. */
const cosmetic = /#@?[?$%]{0,2}#|\$@?\$/;

/**
 * AdGuard's DNS syntax. Nearly every line is `||ads.example^` (the name and all below it) or `@@||ads.example^`
 * (the same, allowed) and is read from its bytes; hosts lines and plain names, which the syntax includes, likewise.
 * The rest goes to `readRule`.
 */
export class AdblockReader implements LineReader {
  private readonly name = new Name();
  private readonly hosts = new HostsReader();
  private readonly readRule: (text: string) => AdblockRule;
  /** Rules that a `$badfilter` of the same list takes back. */
  private readonly cancelled: ReadonlySet<string>;

  constructor({
    readRule,
    cancelled,
  }: {
    readRule: (text: string) => AdblockRule;
    cancelled: ReadonlySet<string>;
  }) {
    this.readRule = readRule;
    this.cancelled = cancelled;
  }

  read(line: Line, sink: EntrySink): Reading {
    const first = line.bytes[line.start];
    if (first === BANG || first === BRACKET) return BLANK;
    if (this.cancelled.size > 0 && this.cancelled.has(comparableRule(line.text())))
      return { skipped: 'taken back by $badfilter' };
    const exception = first === AT && line.has('@@');
    const start = exception ? line.start + 2 : line.start;
    if (line.bytes[start] === PIPE && line.bytes[start + 1] === PIPE && line.bytes[line.end - 1] === CARET) {
      const fault = this.name.read(line.bytes, start + 2, line.end - 1);
      if (fault === undefined) {
        sink.name(this.name, exception ? allowSuffix : blockSuffix, line.number);
        return RULE;
      }
      if (fault === ADDRESS) return { skipped: fault };
    }
    if (first === HASH && !cosmetic.test(line.text())) return BLANK;
    if (HostsReader.fits(line)) return this.hosts.read(line, sink);
    if (this.name.read(line.bytes, line.start, line.end) === undefined && this.name.labels > 1) {
      sink.name(this.name, blockExact, line.number);
      return RULE;
    }
    if (line.has('*.') && this.name.read(line.bytes, line.start + 2, line.end) === undefined) {
      sink.name(this.name, blockBelow, line.number);
      return RULE;
    }
    return this.readUnusual(line, sink);
  }

  private readUnusual(line: Line, sink: EntrySink): Reading {
    const text = line.text();
    if (cosmetic.test(text)) return { skipped: 'a rule for what pages look like' };
    const rule = this.readRule(text);
    if ('regex' in rule) {
      sink.pattern(rule.regex, rule.saying, line.number);
      return RULE;
    }
    if (!('name' in rule)) return rule;
    const fault = this.name.readText(rule.name);
    if (fault === ADDRESS) return { skipped: fault };
    if (fault !== undefined) return { bad: fault };
    sink.name(this.name, rule.saying, line.number);
    return RULE;
  }
}
