import { domainToASCII } from 'node:url';
import { Packet } from 'dns2';
import ipaddr from 'ipaddr.js';
import { nameFromText } from '../../wire/name.ts';
import { RecordWalk } from '../../wire/records.ts';

export const localTypes = ['A', 'AAAA', 'CNAME', 'PTR', 'TXT', 'SRV'] as const;
export type LocalType = (typeof localTypes)[number];

/** A record as the household writes it. */
export interface LocalRecord {
  /** "nas.home.arpa", or "*.dev.home.arpa" for every name below. */
  readonly name: string;
  readonly type: LocalType;
  /** As in a zone file: an address, a name, a text, or "priority weight port name". */
  readonly value: string;
  /** Seconds. */
  readonly ttl?: number;
}

/** A record as it stands in answers: without its owner, RDATA uncompressed. */
export interface RecordData {
  readonly type: number;
  readonly ttl: number;
  readonly data: Uint8Array;
}

/** Short, so that a change is felt soon. */
const TTL = 300;
/** More would not fit an answer that has to leave room for others. */
const LONGEST = 2048;

const walk = new RecordWalk();

/** A record can't be used; the message is one sentence for the owner. */
export class BadRecord extends Error {
  override name = 'BadRecord';
}

/** @throws BadRecord */
export function recordData(record: LocalRecord): RecordData {
  const message = new Packet({ id: 0, qr: 1 } as never);
  message.questions = [{ name: '', type: 1, class: 1 }] as never;
  // Owned by the root, so that no name in the data is compressed against the owner's: it may be a wildcard's.
  const fields = { name: '', class: Packet.CLASS.IN, ttl: record.ttl ?? TTL, type: Packet.TYPE[record.type] };
  message.answers = [{ ...fields, ...fieldsOf(record) }] as never;
  const wire = message.toBuffer();
  walk.start(wire);
  walk.next();
  if (walk.dataLength > LONGEST) throw bad(record, `is longer than ${LONGEST} octets`);
  return { type: walk.type, ttl: walk.ttl, data: Uint8Array.from(wire.subarray(walk.dataAt, walk.end)) };
}

function fieldsOf(record: LocalRecord): object {
  const { type, value } = record;
  switch (type) {
    case 'A':
      if (!ipaddr.IPv4.isValidFourPartDecimal(value)) throw bad(record, 'is no IPv4 address like "192.168.1.20"');
      return { address: value };
    case 'AAAA':
      if (!ipaddr.IPv6.isValid(value) || value.includes('%')) throw bad(record, 'is no IPv6 address like "fd00::20"');
      return { address: ipaddr.IPv6.parse(value).toNormalizedString() };
    case 'CNAME':
    case 'PTR':
      return { domain: target(record, value) };
    case 'TXT':
      return { data: characterStrings(value) };
    case 'SRV': {
      const [, priority, weight, port, name] = /^(\d{1,5}) +(\d{1,5}) +(\d{1,5}) +(\S+)$/.exec(value.trim()) ?? [];
      const numbers = [priority, weight, port].map(Number);
      if (name === undefined || numbers.some((number) => number > 65_535)) {
        throw bad(record, 'is no service like "0 5 5060 sip.home.arpa"');
      }
      return {
        priority: numbers[0],
        weight: numbers[1],
        port: numbers[2],
        target: name === '.' ? '' : target(record, name),
      };
    }
    default:
      throw new BadRecord(`Records of type ${type} can't be kept here; use one of ${localTypes.join(', ')}.`);
  }
}

/** Lower-cased ASCII form without the final dot; undefined when the text is no host or domain name. */
export function asciiName(text: string): string | undefined {
  const ascii = /[^\x21-\x7e]/.test(text) ? domainToASCII(text) : text.toLowerCase();
  const name = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  // Escapes are for names that no household has.
  return name !== '' && !name.includes('\\') && nameFromText(name) ? name : undefined;
}

function target(record: LocalRecord, text: string): string {
  const name = asciiName(text);
  if (name === undefined || name.includes('*')) throw bad(record, 'is no name like "nas.home.arpa"');
  return name;
}

/** RFC 1035 section 3.3.14: strings of at most 255 octets. */
function characterStrings(text: string): Buffer[] {
  const octets = Buffer.from(text);
  const strings = [octets.subarray(0, 255)];
  for (let at = 255; at < octets.length; at += 255) strings.push(octets.subarray(at, at + 255));
  return strings;
}

const bad = ({ name, type, value }: LocalRecord, fault: string): BadRecord =>
  new BadRecord(`The ${type} record of ${name} can't be used: "${value.slice(0, 80)}" ${fault}.`);
