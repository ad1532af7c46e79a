import { blockExact, blockSuffix, type EntrySink, type Line, type LineReader, type Reading, RULE } from './entry.ts';
import { ADDRESS, Name } from './name.ts';

const HASH = 0x23;
const DOT = 0x2e;

/**
 * `ads.example # note`: blocks exactly this name. With `bare: 'suffix'`, for lists whose header says that subdomains
 * were left out because their parents stand for them, it blocks those too. `.ads.example` always does.
 */
export class DomainsReader implements LineReader {
  private readonly name = new Name();
  private readonly bare: 'exact' | 'suffix';

  constructor({ bare }: { bare: 'exact' | 'suffix' }) {
    this.bare = bare;
  }

  read(line: Line, sink: EntrySink): Reading {
    const end = endOfOnlyWord(line);
    if (end < 0) return { bad: 'more than one word' };
    const dotted = line.bytes[line.start] === DOT;
    const fault = this.name.read(line.bytes, dotted ? line.start + 1 : line.start, end);
    if (fault === ADDRESS) return { skipped: ADDRESS };
    if (fault !== undefined) return { bad: fault };
    const suffix = dotted || this.bare === 'suffix';
    if (this.name.labels === 1 && !suffix) return { bad: 'a name without a dot' };
    sink.name(this.name, suffix ? blockSuffix : blockExact, line.number);
    return RULE;
  }
}

/** End of the line's word when nothing but a comment follows, else -1. */
export function endOfOnlyWord(line: Line): number {
  const end = line.wordEnd();
  const next = line.wordStart(end);
  return next === line.end || line.bytes[next] === HASH ? end : -1;
}
