import { addRecord } from '../../wire/answer.ts';
import { rcode, type } from '../../wire/header.ts';
import type { Exchange } from '../exchange.ts';
import type { RecordData } from './record-data.ts';

/** Room that every answer has: what a batch slot holds, less what ends an answer. */
const ROOM = 3_900;

/** Something that the house knows of a name. */
export interface Knowledge {
  /** Whether this question is for the house; otherwise it goes on its way. */
  speaksOf(x: Exchange): boolean;
  code(x: Exchange): number;
  /**
   * Appends the records of the type asked for.
   * @param end offset in `x.out`
   * @param owner compression pointer to the name that owns them
   * @returns offset after them
   */
  append(x: Exchange, end: number, owner: number): number;
}

/** The records of one name. Types that it has none of are answered with nothing: the name is the household's. */
export class Records implements Knowledge {
  private readonly records: readonly RecordData[];

  constructor(records: readonly RecordData[]) {
    this.records = records;
  }

  speaksOf(): boolean {
    return true;
  }

  code(): number {
    return rcode.noerror;
  }

  append(x: Exchange, end: number, owner: number): number {
    for (const { type, ttl, data } of this.records) {
      if (type !== x.question.qtype) continue;
      if (end + 12 + data.length > x.at + ROOM) break;
      end = addRecord(x.out, x.at, end, type, ttl, data, owner);
    }
    return end;
  }
}

/** A name that is another's, with the names in between; the last one is in the house too. */
export class Alias implements Knowledge {
  readonly chain: readonly RecordData[];
  private readonly target: Knowledge;

  constructor(chain: readonly RecordData[], target: Knowledge) {
    this.chain = chain;
    this.target = target;
  }

  speaksOf(): boolean {
    return true;
  }

  code(): number {
    return rcode.noerror;
  }

  append(x: Exchange, end: number, owner: number): number {
    if (x.question.qtype === type.CNAME) return appendChain(x, end, owner, this.chain.slice(0, 1)).end;
    const last = appendChain(x, end, owner, this.chain);
    return this.target.append(x, last.end, last.owner);
  }
}

/** A name that is another's outside: the chain is the house's, what stands behind it is asked upstream. */
export class OutsideAlias implements Knowledge {
  readonly chain: readonly RecordData[];
  /** Lower-cased wire form. */
  readonly target: Uint8Array;

  constructor(chain: readonly RecordData[]) {
    this.chain = chain;
    this.target = chain[chain.length - 1].data;
  }

  speaksOf(x: Exchange): boolean {
    return x.question.qtype === type.CNAME;
  }

  code(): number {
    return rcode.noerror;
  }

  append(x: Exchange, end: number, owner: number): number {
    return appendChain(x, end, owner, this.chain.slice(0, 1)).end;
  }
}

/** A zone that nobody outside is asked about and that has no names but those the household gave it. */
export class EmptyZone implements Knowledge {
  private readonly labels: number;

  /** @param apex labels of the zone's own name when it is delegated from a zone that is real, else 0 */
  constructor(apex = 0) {
    this.labels = apex;
  }

  /** A delegated zone's DS record is its parent's (RFC 4035 section 3.1.4.1): validators need it from outside. */
  speaksOf(x: Exchange): boolean {
    return x.question.qtype !== type.DS || x.name.name.count !== this.labels;
  }

  code(x: Exchange): number {
    return x.name.name.count === this.labels ? rcode.noerror : rcode.nxdomain;
  }

  append(_x: Exchange, end: number): number {
    return end;
  }
}

/** A zone that is somebody else's to answer: a domain with servers of its own. */
export const elsewhere: Knowledge = {
  speaksOf: () => false,
  code: () => rcode.noerror,
  append: (_x, end) => end,
};

function appendChain(x: Exchange, end: number, owner: number, chain: readonly RecordData[]) {
  for (const { ttl, data } of chain) {
    const target = end + 12 - x.at;
    end = addRecord(x.out, x.at, end, type.CNAME, ttl, data, owner);
    owner = 0xc000 | target;
  }
  return { end, owner };
}
