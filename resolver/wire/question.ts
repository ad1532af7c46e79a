import { Edns } from './edns.ts';
import { HEADER_LENGTH, offset, rcode, readUint16, type } from './header.ts';
import { Name, skipName } from './name.ts';

/** `accept` returns this for what deserves no answer at all. */
export const SILENCE = -1;

/** View of one received query: filled anew for each message, keeps offsets and no copies but the name's. */
export class Question {
  readonly name = new Name();
  readonly edns = new Edns();
  qtype = 0;
  qclass = 0;
  /** The flags word as it came. */
  flags = 0;
  /** Header and question together, in octets; the question ends here, counted from the message's start. */
  questionEnd = 0;

  /**
   * Gate and parse. What fails the twelve header octets is parsed no further.
   * @returns an rcode to answer with (`noerror`: go on), or `SILENCE`
   */
  accept(message: Uint8Array, start: number, length: number): number {
    if (length < HEADER_LENGTH) return SILENCE;
    this.questionEnd = HEADER_LENGTH;
    this.edns.clear();
    const flags = readUint16(message, start + offset.flags);
    this.flags = flags;
    // A response answered with an error would let two servers talk for ever.
    if (flags & 0x8000) return SILENCE;
    if (flags & 0x7800) return rcode.notimp;
    if (readUint16(message, start + offset.qdcount) !== 1) return rcode.formerr;
    const end = start + length;
    const after = this.name.read(message, start, start + HEADER_LENGTH, end, false);
    if (after < 0 || after + 4 > end) return rcode.formerr;
    this.qtype = readUint16(message, after);
    this.qclass = readUint16(message, after + 2);
    this.questionEnd = after + 4 - start;
    const records =
      readUint16(message, start + offset.ancount) +
      readUint16(message, start + offset.nscount) +
      readUint16(message, start + offset.arcount);
    return records === 0 ? rcode.noerror : this.readRecords(message, after + 4, end, records);
  }

  private readRecords(message: Uint8Array, at: number, end: number, records: number): number {
    for (let i = 0; i < records; i++) {
      const fixed = skipName(message, at, end);
      if (fixed < 0 || fixed + 10 > end) return rcode.formerr;
      const after = fixed + 10 + readUint16(message, fixed + 8);
      if (after > end) return rcode.formerr;
      if (readUint16(message, fixed) === type.OPT) {
        // RFC 6891 section 6.1.1: at most one, owned by the root.
        if (this.edns.present || message[at] !== 0) return rcode.formerr;
        if (!this.edns.read(message, fixed + 2, after)) return rcode.formerr;
      }
      at = after;
    }
    return this.edns.version > 0 ? rcode.badvers : rcode.noerror;
  }
}
