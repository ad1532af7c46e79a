import {
  allowSuffix,
  BLANK,
  blockBelow,
  blockSuffix,
  type EntrySink,
  type Line,
  type LineReader,
  type Reading,
  RULE,
  type Saying,
} from './entry.ts';
import { leadsNowhere } from './hosts.ts';
import { ADDRESS, Name } from './name.ts';

const HASH = 0x23;
const SLASH = 0x2f;
const DOT = 0x2e;
const ASTERISK = 0x2a;

const keywords = ['address=/', 'server=/', 'local=/'] as const;

/**
 * `address=/ads.example/0.0.0.0` (or `#`, or nothing), `local=/ads.example/` and `server=/ads.example/` answer a name
 * and all below it with nothing. `server=/ads.example/#` goes back to the usual servers, so it allows.
 * With a real address after the last slash the first redirects and the other two forward: neither blocks.
 */
export class DnsmasqReader implements LineReader {
  private readonly name = new Name();

  read(line: Line, sink: EntrySink): Reading {
    if (line.bytes[line.start] === HASH) return BLANK;
    const keyword = keywords.find((word) => line.has(word));
    if (keyword === undefined) return { skipped: 'another setting of dnsmasq' };
    const end = line.wordEnd();
    let last = end - 1;
    while (line.bytes[last] !== SLASH) last--;
    const from = line.start + keyword.length;
    if (last < from) return { bad: 'no slash after the name' };
    const saying = sayingOf(keyword, line, last + 1, end);
    if ('skipped' in saying) return saying;
    let outcome: Reading = { bad: 'no name between the slashes' };
    for (let at = from; at < last; ) {
      const stop = Math.min(line.find(SLASH, at), last);
      outcome = this.readName(line, at, stop, saying, sink);
      at = stop + 1;
    }
    return outcome;
  }

  private readName(line: Line, start: number, end: number, saying: Saying, sink: EntrySink): Reading {
    const below = line.bytes[start] === ASTERISK && line.bytes[start + 1] === DOT;
    const from = below ? start + 2 : line.bytes[start] === DOT ? start + 1 : start;
    const fault = this.name.read(line.bytes, from, end);
    if (fault === ADDRESS) return { skipped: ADDRESS };
    if (fault !== undefined) return { bad: fault };
    sink.name(this.name, below && saying === blockSuffix ? blockBelow : saying, line.number);
    return RULE;
  }
}

function sayingOf(keyword: string, line: Line, start: number, end: number): Saying | { skipped: string } {
  if (start === end) return blockSuffix;
  const answer = line.text(start, end);
  if (keyword === 'address=/') {
    return answer === '#' || leadsNowhere(answer) ? blockSuffix : { skipped: 'a real address' };
  }
  return answer === '#' ? allowSuffix : { skipped: 'a server to ask, which is no block' };
}
