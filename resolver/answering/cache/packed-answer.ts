import { SAFE_PAYLOAD, writeOpt } from '../../wire/edns.ts';
import {
  flag,
  HEADER_LENGTH,
  offset,
  rcode,
  readUint16,
  readUint32,
  type,
  writeUint16,
  writeUint32,
} from '../../wire/header.ts';
import { Name, skipName } from '../../wire/name.ts';
import type { Question } from '../../wire/question.ts';
import { RecordWalk } from '../../wire/records.ts';
import { optionsToKeep } from './kept-options.ts';

/**
 * An upstream's answer as it is kept: without header, question and OPT record, which every client gets its
 * own of, and with the places that change listed in front. Little tables of 16-bit offsets, all counted from
 * the message's start, because the question before the records is as long for every client:
 *
 *   0 flags · 2 ANCOUNT · 4 NSCOUNT · 6 ARCOUNT · 8 number of TTLs · 10 number of targets · 12 TTL (u32)
 *   16 octets of options · 18 offsets of TTL fields · offsets of target names · records · options
 *
 * Targets are names that the answer leads to (CNAME, DNAME, SVCB, HTTPS); policy has a say in them too.
 */
export type PackedAnswer = Uint8Array;

const FIXED = 18;
const OPT_LENGTH = 11;
/** No honest answer leads through more names; each is asked of the policy whenever the answer is given. */
const MOST_TARGETS = 256;
/** A bit of the flags word that no answer needs: records were withheld. */
const WITHHELD = 0x4000;
/** Negative TTL when an answer brings no SOA, and the longest one otherwise (RFC 2308 section 5). */
const NO_SOA_TTL = 5;
const NEGATIVE_TTL = 3 * 3_600;

/** Seconds that answers are kept, and given, at least and at most. */
export interface TtlClamps {
  readonly min: number;
  readonly max: number;
}

export const ttlDefaults: TtlClamps = { min: 0, max: 86_400 };

const walk = new RecordWalk();
const name = new Name();

/**
 * @param message an answer that matches its question
 * @param clamps of every record's TTL
 * @returns undefined when records or names in them are malformed, lead through too many names, or the OPT record is
 *   out of place or says that the question was not understood
 */
export function packAnswer(message: Uint8Array, clamps: TtlClamps = ttlDefaults): PackedAnswer | undefined {
  const ttls: number[] = [];
  const targets: number[] = [];
  let ttl = clamps.max;
  let negativeTtl = NO_SOA_TTL;
  let options: Uint8Array | undefined;
  let additional = 0;
  walk.start(message);
  const start = skipName(message, HEADER_LENGTH, message.length) + 4;
  let end = start;
  while (walk.next()) {
    if (walk.type === type.OPT) {
      const isExtendedError = message[walk.fixedAt + 4] !== 0;
      if (options || walk.section !== 'additional' || message[walk.nameAt] !== 0 || isExtendedError) return undefined;
      options = optionsToKeep(message, walk.dataAt, walk.end);
      continue;
    }
    if (!isName(message, walk.nameAt)) return undefined;
    // Records behind the OPT record are extras, and would have to move.
    if (options) continue;
    if (walk.section === 'additional') additional++;
    end = walk.end;
    ttls.push(walk.ttlAt);
    ttl = Math.min(ttl, Math.max(clamps.min, walk.ttl));
    if (walk.type === type.SOA && walk.section === 'authority') {
      negativeTtl = Math.min(walk.ttl, readUint32(message, walk.end - 4));
    }
    if (walk.section !== 'answer') continue;
    const leadsOn = walk.type === type.CNAME || walk.type === type.DNAME;
    if (!leadsOn && walk.type !== type.SVCB && walk.type !== type.HTTPS) continue;
    const target = leadsOn ? walk.dataAt : walk.dataAt + 2;
    if (!isName(message, target)) return undefined;
    targets.push(target);
  }
  if (walk.malformed || targets.length > MOST_TARGETS) return undefined;
  const code = message[offset.rcode] & 15;
  const answers = readUint16(message, offset.ancount);
  if (answers === 0 && (code === rcode.noerror || code === rcode.nxdomain)) {
    ttl = Math.min(ttl, negativeTtl, NEGATIVE_TTL);
  }

  const tables = FIXED + 2 * (ttls.length + targets.length);
  const packed = new Uint8Array(tables + end - start + (options?.length ?? 0));
  writeUint16(packed, 0, readUint16(message, offset.flags) & ~WITHHELD);
  writeUint16(packed, 2, answers);
  writeUint16(packed, 4, readUint16(message, offset.nscount));
  writeUint16(packed, 6, additional);
  writeUint16(packed, 8, ttls.length);
  writeUint16(packed, 10, targets.length);
  writeUint32(packed, 12, ttl);
  writeUint16(packed, 16, options?.length ?? 0);
  let at = FIXED;
  for (const place of ttls) at = writeUint16(packed, at, place);
  for (const place of targets) at = writeUint16(packed, at, place);
  packed.set(message.subarray(start, end), tables);
  for (const place of ttls) {
    const at = tables + place - start;
    writeUint32(packed, at, Math.min(clamps.max, Math.max(clamps.min, soundTtl(readUint32(packed, at)))));
  }
  if (options) packed.set(options, tables + end - start);
  return packed;
}

/** SERVFAIL without records. @param options as they stand in an OPT record */
export function packFailure(ttl: number, options: Uint8Array): PackedAnswer {
  const packed = new Uint8Array(FIXED + options.length);
  writeUint16(packed, 0, rcode.servfail);
  writeUint32(packed, 12, ttl);
  writeUint16(packed, 16, options.length);
  packed.set(options, FIXED);
  return packed;
}

/** The same answer, to be kept for so many seconds. */
export function keptFor(packed: PackedAnswer, ttl: number): PackedAnswer {
  writeUint32(packed, 12, ttl);
  return packed;
}

/** Whether a name can be read there: pointers that lead in circles or nowhere are for nobody's parser. */
const isName = (message: Uint8Array, at: number): boolean => name.read(message, 0, at, message.length, true) > 0;

/** RFC 2181 section 8: a TTL with the top bit set counts as zero. */
const soundTtl = (ttl: number): number => (ttl > 0x7fffffff ? 0 : ttl);

/** Marks an answer as one that stands for another that nobody gets. */
export function withhold(packed: PackedAnswer): PackedAnswer {
  packed[0] |= WITHHELD >>> 8;
  return packed;
}

export const isWithheld = (kept: Uint8Array, at: number): boolean => (kept[at] & (WITHHELD >>> 8)) !== 0;

/** Seconds that a packed answer may be kept. */
export const packedTtl = (kept: Uint8Array, at: number): number => readUint32(kept, at + 12);

export const packedRcode = (kept: Uint8Array, at: number): number => kept[at + 1] & 15;

/** Whether an upstream could not, or would not, answer: of the codes, these two alone are about the name. */
export const isFailure = (kept: Uint8Array, at: number): boolean => {
  const code = packedRcode(kept, at);
  return code !== rcode.noerror && code !== rcode.nxdomain;
};

export const packedTargets = (kept: Uint8Array, at: number): number => readUint16(kept, at + 10);

/** Offset in the message of the name that target `i` is. */
export const packedTarget = (kept: Uint8Array, at: number, i: number): number =>
  readUint16(kept, at + FIXED + 2 * (readUint16(kept, at + 8) + i));

/** Octets of options that are kept with an answer. */
export const packedOptions = (kept: Uint8Array, at: number): number => readUint16(kept, at + 16);

/** Octets that `unpackAnswer` writes. @param length of the packed answer */
export function unpackedLength(kept: Uint8Array, at: number, length: number, { questionEnd, edns }: Question): number {
  const tables = FIXED + 2 * (readUint16(kept, at + 8) + readUint16(kept, at + 10));
  return questionEnd + length - tables - packedOptions(kept, at) + (edns.present ? OPT_LENGTH : 0);
}

/**
 * Makes the answer for one client: its id, flags and spelling, TTLs aged, its own OPT record.
 * @param kept holds a packed answer of `length` octets from `at` on
 * @param age seconds since it came
 * @param staleTtl when given, TTL of every record instead of what is left (RFC 8767 section 4)
 * @returns offset after the answer, before any option is added
 */
export function unpackAnswer(
  kept: Uint8Array,
  at: number,
  length: number,
  question: Question,
  message: Uint8Array,
  start: number,
  out: Uint8Array,
  to: number,
  age: number,
  staleTtl = -1,
): number {
  const { questionEnd } = question;
  for (let i = 0; i < questionEnd; i++) out[to + i] = message[start + i];
  const flags = readUint16(kept, at);
  // RFC 6840 section 5.7: AD is for those who asked for it.
  const authentic = question.edns.dnssecOk || question.flags & flag.ad ? flags & flag.ad : 0;
  const asked = question.flags & (flag.rd | flag.cd);
  writeUint16(out, to + offset.flags, flag.qr | flag.ra | asked | authentic | (flags & 15));
  for (let i = 2; i < 8; i++) out[to + offset.qdcount + i] = kept[at + i];
  const ttls = readUint16(kept, at + 8);
  const records = at + FIXED + 2 * (ttls + readUint16(kept, at + 10));
  const end = at + length - packedOptions(kept, at);
  let next = to + questionEnd;
  if (end - records > 160) {
    out.set(kept.subarray(records, end), next);
    next += end - records;
  } else {
    for (let from = records; from < end; ) out[next++] = kept[from++];
  }
  for (let i = 0, table = at + FIXED; i < ttls; i++, table += 2) {
    const place = to + readUint16(kept, table);
    const left = staleTtl >= 0 ? staleTtl : readUint32(out, place) - age;
    writeUint32(out, place, left > 0 && left <= 0x7fffffff ? left : 0);
  }
  if (!question.edns.present) return next;
  writeUint16(out, to + offset.arcount, readUint16(out, to + offset.arcount) + 1);
  return writeOpt(out, next, SAFE_PAYLOAD, 0, question.edns.dnssecOk);
}

/**
 * Adds the options that are kept with an answer to the OPT record that begins at `optAt` and ends at `end`.
 * @returns offset after them
 */
export function unpackOptions(
  kept: Uint8Array,
  at: number,
  length: number,
  out: Uint8Array,
  optAt: number,
  end: number,
): number {
  const octets = packedOptions(kept, at);
  out.set(kept.subarray(at + length - octets, at + length), end);
  writeUint16(out, optAt + 9, end + octets - optAt - OPT_LENGTH);
  return end + octets;
}
