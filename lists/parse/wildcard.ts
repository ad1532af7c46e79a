import { endOfOnlyWord } from './domains.ts';
import { blockSuffix, type EntrySink, type Line, type LineReader, type Reading, RULE } from './entry.ts';
import { ADDRESS, Name } from './name.ts';

/**
 * `*.ads.example`: blocks the name and all below it. That is what publishers of such lists mean and what the resolvers
 * they are made for do, although the asterisk seems to leave the name itself out.
 */
export class WildcardReader implements LineReader {
  private readonly name = new Name();

  static fits(line: Line): boolean {
    return line.has('*.');
  }

  read(line: Line, sink: EntrySink): Reading {
    const end = endOfOnlyWord(line);
    if (end < 0) return { bad: 'more than one word' };
    const fault = this.name.read(line.bytes, line.start + 2, end);
    if (fault === ADDRESS) return { skipped: ADDRESS };
    if (fault !== undefined) return { bad: fault };
    sink.name(this.name, blockSuffix, line.number);
    return RULE;
  }
}
