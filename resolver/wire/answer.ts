import { appendOption, PLAIN_PAYLOAD, SAFE_PAYLOAD, writeOpt } from './edns.ts';
import { flag, HEADER_LENGTH, offset, readUint16, writeUint16, writeUint32 } from './header.ts';
import type { Question } from './question.ts';

/** Points at the question's name, which begins right after the header. */
export const QNAME_POINTER = 0xc000 | HEADER_LENGTH;

/**
 * Begins an answer of our own: the client's id and question, in its own spelling, with empty sections.
 * @returns offset after the question
 */
export function beginAnswer(
  message: Uint8Array,
  start: number,
  question: Question,
  out: Uint8Array,
  at: number,
  responseCode: number,
): number {
  const end = start + question.questionEnd;
  for (let from = start, to = at; from < end; ) out[to++] = message[from++];
  const kept = question.flags & (flag.rd | flag.cd);
  writeUint16(out, at + offset.flags, flag.qr | flag.ra | kept | (question.flags & 0x7800) | (responseCode & 15));
  writeUint16(out, at + offset.qdcount, question.questionEnd > HEADER_LENGTH ? 1 : 0);
  writeUint32(out, at + offset.ancount, 0);
  writeUint16(out, at + offset.arcount, 0);
  return at + question.questionEnd;
}

/**
 * Adds a record; `data` is copied as it is.
 * @param owner compression pointer to its name, the question's unless given
 */
export function addRecord(
  out: Uint8Array,
  message: number,
  at: number,
  type: number,
  ttl: number,
  data: Uint8Array,
  owner: number = QNAME_POINTER,
): number {
  writeUint16(out, message + offset.ancount, readUint16(out, message + offset.ancount) + 1);
  writeUint16(out, at, owner);
  writeUint16(out, at + 2, type);
  writeUint16(out, at + 4, 1);
  writeUint32(out, at + 6, ttl);
  writeUint16(out, at + 10, data.length);
  for (let i = 0; i < data.length; i++) out[at + 12 + i] = data[i];
  return at + 12 + data.length;
}

/**
 * Adds the SOA that makes a negative answer cacheable for `ttl` seconds (RFC 2308 section 5). The zone it
 * claims is the name itself: all that we say is about this name alone.
 */
export function addSoa(out: Uint8Array, message: number, at: number, ttl: number): number {
  writeUint16(out, message + offset.nscount, readUint16(out, message + offset.nscount) + 1);
  writeUint16(out, at, QNAME_POINTER);
  writeUint16(out, at + 2, 6);
  writeUint16(out, at + 4, 1);
  writeUint32(out, at + 6, ttl);
  writeUint16(out, at + 10, 24);
  writeUint16(out, at + 12, QNAME_POINTER); // MNAME
  writeUint16(out, at + 14, QNAME_POINTER); // RNAME
  writeUint32(out, at + 16, 1); // SERIAL
  writeUint32(out, at + 20, 3600); // REFRESH
  writeUint32(out, at + 24, 600); // RETRY
  writeUint32(out, at + 28, 86400); // EXPIRE
  writeUint32(out, at + 32, ttl); // MINIMUM
  return at + 36;
}

/**
 * Ends an answer with an OPT record when the client sent one (RFC 6891 section 6.1.1).
 * @param error data of an Extended DNS Error option, if there is something to explain
 */
export function endAnswer(
  question: Question,
  out: Uint8Array,
  message: number,
  at: number,
  extendedRcode: number,
  error: Uint8Array | undefined,
): number {
  if (!question.edns.present) return at;
  writeUint16(out, message + offset.arcount, readUint16(out, message + offset.arcount) + 1);
  const end = writeOpt(out, at, SAFE_PAYLOAD, extendedRcode, question.edns.dnssecOk);
  return error ? appendOption(out, at, end, 15, error) : end;
}

/** Octets the client takes over UDP: what it says, but never more than crosses unfragmented. */
export const udpLimit = (question: Question): number =>
  question.edns.present ? Math.min(question.edns.payload, SAFE_PAYLOAD) : PLAIN_PAYLOAD;

/** Cuts an answer down to its question with TC set, so that the client asks again over TCP. */
export function truncate(message: Uint8Array, start: number, question: Question, out: Uint8Array, at: number): number {
  const end = beginAnswer(message, start, question, out, at, 0);
  out[at + 2] |= flag.tc >>> 8;
  return endAnswer(question, out, at, end, 0, undefined);
}
