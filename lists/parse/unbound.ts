import {
  allowSuffix,
  BLANK,
  blockExact,
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

const blocking =
  /^(always_nxdomain|always_nodata|always_refuse|always_null|always_deny|static|refuse|deny|inform_deny)$/;
const passing = /^(transparent|typetransparent|always_transparent|inform|nodefault)$/;
const redirecting = /^(redirect|inform_redirect)$/;

const zoneLine = /^local-zone:\s*["']?([^"'\s]+)["']?\s+["']?(\w+)["']?/;
const dataLine = /^local-data:\s*["']([^"'\s]+)\s+(?:\d+\s+)?(?:IN\s+)?(A|AAAA)\s+([^"'\s]+)/i;

/**
 * `local-zone: "ads.example" always_nxdomain` and the like block a name and all below it; transparent zones allow.
 * A `redirect` zone says so only with the `local-data:` line after it, whose address must lead nowhere.
 */
export class UnboundReader implements LineReader {
  private readonly name = new Name();
  private readonly redirected = new Set<string>();

  read(line: Line, sink: EntrySink): Reading {
    if (line.bytes[line.start] === HASH || line.has('server:')) return BLANK;
    const text = line.text();
    const zone = zoneLine.exec(text);
    if (zone) return this.readZone(zone[1], zone[2], line, sink);
    const data = dataLine.exec(text);
    if (data) return this.readData(data[1], data[3], line, sink);
    if (/^local-(zone|data):/.test(text) && !/^local-data:.*\s(TXT|SOA|CNAME|NS|MX|PTR|SRV)\s/i.test(text))
      return { bad: 'not a local-zone or local-data line' };
    return { skipped: 'another setting of unbound' };
  }

  private readZone(name: string, type: string, line: Line, sink: EntrySink): Reading {
    if (blocking.test(type)) return this.emit(name, blockSuffix, line, sink);
    if (passing.test(type)) return this.emit(name, allowSuffix, line, sink);
    if (!redirecting.test(type)) return { bad: 'an unknown type of zone' };
    this.redirected.add(plain(name));
    return { skipped: 'a zone whose answer stands on another line' };
  }

  private readData(name: string, address: string, line: Line, sink: EntrySink): Reading {
    if (!leadsNowhere(address)) return { skipped: 'a real address' };
    return this.emit(name, this.redirected.has(plain(name)) ? blockSuffix : blockExact, line, sink);
  }

  private emit(text: string, saying: Saying, line: Line, sink: EntrySink): Reading {
    const fault = this.name.readText(text);
    if (fault === ADDRESS) return { skipped: ADDRESS };
    if (fault !== undefined) return { bad: fault };
    sink.name(this.name, saying, line.number);
    return RULE;
  }
}

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');
