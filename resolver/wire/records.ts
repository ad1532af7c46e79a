import { HEADER_LENGTH, offset, readUint16, readUint32, type } from './header.ts';
import { skipName } from './name.ts';

/**
 * Walks the records of a message one by one without unpacking them:
 * `start` once, then `next` while it returns true. Fields are of the present record.
 */
export class RecordWalk {
  /** Offset of the owner name, of the fixed part (type, class, TTL, length), and of the data. */
  nameAt = 0;
  fixedAt = 0;
  dataAt = 0;
  dataLength = 0;
  type = 0;
  section: 'answer' | 'authority' | 'additional' = 'answer';
  /** The walk met something that runs over the message's end. */
  malformed = false;
  private message: Uint8Array = new Uint8Array(0);
  private at = 0;
  private answers = 0;
  private authorities = 0;
  private additionals = 0;

  /** @param message a whole message with exactly one question */
  start(message: Uint8Array): void {
    this.message = message;
    this.answers = readUint16(message, offset.ancount);
    this.authorities = readUint16(message, offset.nscount);
    this.additionals = readUint16(message, offset.arcount);
    const afterName = skipName(message, HEADER_LENGTH, message.length);
    this.malformed = afterName < 0 || afterName + 4 > message.length;
    this.at = afterName + 4;
  }

  next(): boolean {
    if (this.malformed) return false;
    if (this.answers > 0) {
      this.answers--;
      this.section = 'answer';
    } else if (this.authorities > 0) {
      this.authorities--;
      this.section = 'authority';
    } else if (this.additionals > 0) {
      this.additionals--;
      this.section = 'additional';
    } else {
      return false;
    }
    const { message, at } = this;
    const fixed = skipName(message, at, message.length);
    this.malformed = fixed < 0 || fixed + 10 > message.length;
    if (this.malformed) return false;
    this.nameAt = at;
    this.fixedAt = fixed;
    this.type = readUint16(message, fixed);
    this.dataAt = fixed + 10;
    this.dataLength = readUint16(message, fixed + 8);
    this.at = this.dataAt + this.dataLength;
    this.malformed = this.at > message.length;
    return !this.malformed;
  }

  /** Seconds. RFC 2181 section 8: a TTL with the top bit set counts as zero. */
  get ttl(): number {
    const ttl = readUint32(this.message, this.fixedAt + 4);
    return ttl > 0x7fffffff ? 0 : ttl;
  }

  /** Offset of the TTL field; an OPT record has none, its field means something else. */
  get ttlAt(): number {
    return this.type === type.OPT ? -1 : this.fixedAt + 4;
  }

  /** Offset after the present record. */
  get end(): number {
    return this.at;
  }
}
