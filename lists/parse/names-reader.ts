import type { AdblockReader } from './adblock.ts';
import { DomainsReader } from './domains.ts';
import { BLANK, type EntrySink, type Line, type LineReader, type Reading } from './entry.ts';
import { HostsReader } from './hosts.ts';
import { WildcardReader } from './wildcard.ts';

const HASH = 0x23;
const BANG = 0x21;
const PIPE = 0x7c;
const AT = 0x40;

/** Lists of names: hosts lines, plain names and wildcards, which one file may mix; adblock's two plain shapes too. */
export class NamesReader implements LineReader {
  private readonly hosts = new HostsReader();
  private readonly wildcard = new WildcardReader();
  private readonly domains: DomainsReader;
  private readonly adblock: AdblockReader;

  constructor({ bare, adblock }: { bare: 'exact' | 'suffix'; adblock: AdblockReader }) {
    this.domains = new DomainsReader({ bare });
    this.adblock = adblock;
  }

  read(line: Line, sink: EntrySink): Reading {
    const first = line.bytes[line.start];
    if (first === HASH || first === BANG) return BLANK;
    if (HostsReader.fits(line)) return this.hosts.read(line, sink);
    if (WildcardReader.fits(line)) return this.wildcard.read(line, sink);
    if (first === PIPE || first === AT) return this.adblock.read(line, sink);
    return this.domains.read(line, sink);
  }
}
