import { addRecord, QNAME_POINTER } from '../../wire/answer.ts';
import { HEADER_LENGTH, offset, readUint16, type, writeUint16, writeUint32 } from '../../wire/header.ts';
import { Name } from '../../wire/name.ts';
import { RecordWalk } from '../../wire/records.ts';
import type { RecordData } from './record-data.ts';

const LARGEST = 65_535;

/** RDATA that may hold compressed names (RFC 3597 section 4): octets before them, and how many there are. */
const names: Readonly<Record<number, readonly [before: number, count: number]>> = {
  [type.NS]: [0, 1],
  [type.CNAME]: [0, 1],
  [type.SOA]: [0, 2],
  [type.PTR]: [0, 1],
  14: [0, 2], // MINFO
  15: [2, 1], // MX
  17: [0, 2], // RP
  18: [2, 1], // AFSDB
  21: [2, 1], // RT
  26: [2, 2], // PX
  [type.SRV]: [6, 1],
  36: [2, 1], // KX
  [type.DNAME]: [0, 1],
};

const counts = { answer: offset.ancount, authority: offset.nscount, additional: offset.arcount };

const name = new Name();

/**
 * The answer to a question for an alias, made of an upstream's answer for what it leads to. Names are written out,
 * because everything that compression pointers count on moves; of additional records only the OPT record comes along.
 *
 * @param question header and question of the query for the alias
 * @param chain CNAME records from the question's name to the name that `answer` is about
 * @throws Error when the answer is malformed, or too large with the alias before it
 */
export function answerBehindAlias(question: Uint8Array, chain: readonly RecordData[], answer: Uint8Array): Uint8Array {
  const out = new Uint8Array(LARGEST);
  out.set(question);
  out.set(answer.subarray(0, HEADER_LENGTH));
  writeUint32(out, offset.ancount, 0);
  writeUint16(out, offset.arcount, 0);
  let end = question.length;
  let owner = QNAME_POINTER;
  for (const { ttl, data } of chain) {
    const target = end + 12;
    end = addRecord(out, 0, end, type.CNAME, ttl, data, owner);
    owner = 0xc000 | target;
  }
  const walk = new RecordWalk();
  walk.start(answer);
  while (walk.next()) {
    if (walk.section === 'additional' && walk.type !== type.OPT) continue;
    const count = counts[walk.section];
    writeUint16(out, count, readUint16(out, count) + 1);
    end = appendRecord(out, end, answer, walk);
  }
  if (walk.malformed) throw new Error('The upstream sent an answer whose records run over its end.');
  return out.slice(0, end);
}

function appendRecord(out: Uint8Array, at: number, answer: Uint8Array, walk: RecordWalk): number {
  at = appendName(out, at, answer, walk.nameAt).end;
  out.set(answer.subarray(walk.fixedAt, walk.fixedAt + 8), at);
  const data = at + 10;
  const [before, count] = names[walk.type] ?? [walk.dataLength, 0];
  if (data + before > LARGEST || before > walk.dataLength) throw malformed();
  out.set(answer.subarray(walk.dataAt, walk.dataAt + before), data);
  let from = walk.dataAt + before;
  let end = data + before;
  for (let i = 0; i < count; i++) {
    const written = appendName(out, end, answer, from);
    end = written.end;
    from = written.after;
  }
  const rest = answer.subarray(from, walk.end);
  if (from > walk.end || end + rest.length > LARGEST) throw malformed();
  out.set(rest, end);
  end += rest.length;
  writeUint16(out, at + 8, end - data);
  return end;
}

function appendName(out: Uint8Array, at: number, answer: Uint8Array, from: number): { end: number; after: number } {
  const after = name.read(answer, 0, from, answer.length, true);
  if (after < 0 || at + name.length + 10 > LARGEST) throw malformed();
  out.set(name.bytes.subarray(0, name.length), at);
  return { end: at + name.length, after };
}

const malformed = (): Error => new Error('The upstream sent an answer that is malformed or too large for an alias.');
