import { isIP } from 'node:net';
import { blockExact, type EntrySink, type Line, type LineReader, type Reading, RULE } from './entry.ts';
import { ADDRESS, Name } from './name.ts';

const HASH = 0x23;

/** Names that hosts files give to the machine itself, beside those of one label. */
const own = new Set(['localhost.localdomain', 'localhost.localdomain6', 'localhost6.localdomain6']);

/**
 * `0.0.0.0 ads.example tracker.example # note`: blocks exactly these names. Only lines with an address that leads
 * nowhere count, for a list must not be able to send a name to a machine of its choice.
 */
export class HostsReader implements LineReader {
  private readonly name = new Name();

  /** Whether the line begins with an address. */
  static fits(line: Line): boolean {
    const first = line.bytes[line.start];
    const startsLikeAddress = (first >= 0x30 && first <= 0x3a) || (first | 0x20) <= 0x66;
    if (!startsLikeAddress) return false;
    const end = line.wordEnd();
    return end < line.end && (sinkholeAtStart(line, end) || isIP(line.text(line.start, end)) !== 0);
  }

  read(line: Line, sink: EntrySink): Reading {
    const addressEnd = line.wordEnd();
    if (!sinkholeAtStart(line, addressEnd)) {
      const address = line.text(line.start, addressEnd);
      if (isIP(address) === 0) return { bad: 'no address at the start' };
      if (!leadsNowhere(address)) return { skipped: 'a real address' };
    }
    const end = line.find(HASH, addressEnd);
    let names = 0;
    let skipped: string | undefined;
    let bad: string | undefined;
    for (let at = line.wordStart(addressEnd); at < end; ) {
      const wordEnd = Math.min(line.wordEnd(at), end);
      const fault = this.name.read(line.bytes, at, wordEnd);
      if (fault === ADDRESS) skipped = fault;
      else if (fault !== undefined) bad ??= fault;
      else if (this.isOwn()) skipped = 'a name of the machine itself';
      else {
        sink.name(this.name, blockExact, line.number);
        names++;
      }
      at = line.wordStart(wordEnd);
    }
    if (bad !== undefined) return { bad };
    if (names > 0) return RULE;
    return skipped === undefined ? { bad: 'an address without a name' } : { skipped };
  }

  private isOwn(): boolean {
    return this.name.labels === 1 || (this.name.labels === 2 && own.has(this.name.text()));
  }
}

function sinkholeAtStart(line: Line, end: number): boolean {
  const length = end - line.start;
  return (length === 7 && line.has('0.0.0.0')) || (length === 9 && line.has('127.0.0.1'));
}

/** 0.0.0.0/32, 127.0.0.0/8, ::, ::1, also in IPv4-mapped form. */
export function leadsNowhere(address: string): boolean {
  const ipv4 = address.toLowerCase().replace(/^::ffff:/, '');
  if (isIP(ipv4) === 4) return ipv4 === '0.0.0.0' || ipv4.startsWith('127.');
  return isIP(address) === 6 && /^[0:]*:0*[01]?$/.test(address);
}
