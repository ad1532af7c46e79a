import { BLANK, type EntrySink, type Line, type LineReader, type Reading, RULE, type Saying } from './entry.ts';
import { leadsNowhere } from './hosts.ts';
import { ADDRESS, Name } from './name.ts';

const SEMICOLON = 0x3b;
const ASTERISK = 0x2a;
const DOT = 0x2e;

/** Parts of a record after its owner: TTL and class may stand in either order (RFC 1035 section 5.1). */
const record = /^(?:(?:\d+[smhdw]?|IN)\s+)*(CNAME|A|AAAA|SOA|NS|TXT|DNAME|MX|SRV|HTTPS|SVCB)\s+(.*?)\s*(?:;.*)?$/i;

const triggers = ['.rpz-ip', '.rpz-client-ip', '.rpz-nsip', '.rpz-nsdname'];

type Policy = Pick<Saying, 'action' | 'condition'>;
const block: Policy = { action: 'block' };
const allow: Policy = { action: 'allow' };
const nodata: Policy = { action: 'block', condition: { rewrite: { rcode: 'NOERROR' } } };

/**
 * A response policy zone: `ads.example CNAME .` blocks exactly this name, `*.ads.example CNAME .` what is below it.
 * `CNAME *.` answers with no data, `CNAME rpz-passthru.` allows, an address that leads nowhere blocks. Other answers
 * would send the name where the zone's author likes, and triggers on addresses or servers are none of a list's names.
 */
export class RpzReader implements LineReader {
  private readonly name = new Name();
  private readonly sayings = new Map<Policy, { exact: Saying; below: Saying }>(
    [block, allow, nodata].map((policy) => [
      policy,
      { exact: { match: 'exact', ...policy }, below: { match: 'below', ...policy } },
    ]),
  );
  private origin = '';
  private inParentheses = false;

  read(line: Line, sink: EntrySink): Reading {
    const first = line.bytes[line.start];
    if (first === SEMICOLON) return BLANK;
    if (this.inParentheses) {
      this.inParentheses = !line.text().includes(')');
      return BLANK;
    }
    if (line.has('$')) return this.readDirective(line.text());
    const ownerEnd = line.wordEnd();
    const dataStart = line.wordStart(ownerEnd);
    if (line.end - dataStart === 7 && line.has('CNAME .', dataStart)) {
      return this.emit(line, ownerEnd, block, sink);
    }
    return this.readRecord(line, ownerEnd, line.text(dataStart), sink);
  }

  private readDirective(text: string): Reading {
    const origin = /^\$ORIGIN\s+(\S+)/i.exec(text);
    if (origin) this.origin = origin[1].toLowerCase();
    return BLANK;
  }

  private readRecord(line: Line, ownerEnd: number, rest: string, sink: EntrySink): Reading {
    const owner = line.text(line.start, ownerEnd);
    const parsed = record.exec(rest);
    if (parsed === null) return this.isApex(owner, rest) ? BLANK : { bad: 'not a record' };
    const type = parsed[1].toUpperCase();
    const data = parsed[2];
    if (type === 'SOA' || type === 'NS') {
      this.inParentheses = data.includes('(') && !data.includes(')');
      return BLANK;
    }
    if (type === 'A' || type === 'AAAA') {
      return leadsNowhere(data) ? this.emit(line, ownerEnd, block, sink) : { skipped: 'a real address' };
    }
    if (type !== 'CNAME') return { skipped: `a ${type} record` };
    const policy = policyOf(data.toLowerCase(), owner.toLowerCase());
    return 'skipped' in policy ? policy : this.emit(line, ownerEnd, policy, sink);
  }

  /** `NS localhost.` and the like continue the zone's own first record, whose owner is left out. */
  private isApex(owner: string, rest: string): boolean {
    if (!/^(NS|SOA|TXT|IN|\d+)$/i.test(owner)) return false;
    this.inParentheses = rest.includes('(') && !rest.includes(')');
    return true;
  }

  private emit(line: Line, ownerEnd: number, policy: Policy, sink: EntrySink): Reading {
    const below = line.bytes[line.start] === ASTERISK && line.bytes[line.start + 1] === DOT;
    const start = below ? line.start + 2 : line.start;
    const end = this.ownerEnd(line, ownerEnd);
    if (triggers.some((label) => line.has(label, end - label.length))) {
      return { skipped: 'a trigger on addresses or servers' };
    }
    const fault = this.name.read(line.bytes, start, end);
    if (fault === ADDRESS) return { skipped: ADDRESS };
    if (fault !== undefined) return { bad: fault };
    const sayings = this.sayings.get(policy)!;
    sink.name(this.name, below ? sayings.below : sayings.exact, line.number);
    return RULE;
  }

  /** Absolute owners end in the zone's own name, which is no part of what they match. */
  private ownerEnd(line: Line, ownerEnd: number): number {
    if (line.bytes[ownerEnd - 1] !== DOT || this.origin === '') return ownerEnd;
    const owner = line.text(line.start, ownerEnd).toLowerCase();
    return owner.endsWith(`.${this.origin}`) ? ownerEnd - this.origin.length : ownerEnd;
  }
}

function policyOf(target: string, owner: string): Policy | { skipped: string } {
  if (target === '.' || target === 'rpz-drop.' || target === 'rpz-drop') return block;
  if (target === '*.') return nodata;
  // Before rpz-passthru, a name was let through by pointing it at itself.
  if (/^rpz-passthru\.?$/.test(target) || target === `${owner}.` || target === owner) return allow;
  if (/^rpz-tcp-only\.?$/.test(target)) return { skipped: 'asks for TCP, which is no block' };
  return { skipped: 'an answer of the list’s own choice' };
}
