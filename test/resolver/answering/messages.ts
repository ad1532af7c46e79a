import { Packet } from 'dns2';
import { nameFromText } from '../../../resolver/wire/name.ts';

/** Messages for tests, made by dns2: what we write by hand is read by somebody else's codec, and the other way round. */

export interface AnswerRecord {
  readonly name?: string;
  readonly type: string;
  readonly ttl?: number;
  readonly [field: string]: unknown;
}

const types: Record<string, number> = Packet.TYPE as Record<string, number>;

export function query(
  name: string,
  type = 'A',
  options: { id?: number; edns?: boolean; payload?: number } = {},
): Uint8Array {
  const wire = nameFromText(name);
  if (!wire) throw new Error(`${name} is no name`);
  const opt = options.edns
    ? [0, 0, 41, (options.payload ?? 1232) >> 8, (options.payload ?? 1232) & 255, 0, 0, 0, 0, 0, 0]
    : [];
  const id = options.id ?? 0x1234;
  const qtype = types[type] ?? Number(type.replace('TYPE', ''));
  return Uint8Array.from([
    id >> 8,
    id & 255,
    1,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    opt.length ? 1 : 0,
    ...wire,
    qtype >> 8,
    qtype & 255,
    0,
    1,
    ...opt,
  ]);
}

/** An upstream's answer to a query, with the records given. */
export function answerTo(
  asked: Uint8Array,
  records: readonly AnswerRecord[],
  authorities: readonly AnswerRecord[] = [],
  rcode = 0,
): Uint8Array {
  const request = Packet.parse(Buffer.from(asked));
  const response = Packet.createResponseFromRequest(request);
  const [{ name }] = request.questions;
  const complete = (record: AnswerRecord) => ({ name, class: 1, ttl: 60, ...record, type: types[record.type] });
  response.answers = records.map(complete) as typeof response.answers;
  response.authorities = authorities.map(complete) as typeof response.authorities;
  response.additionals = [];
  response.header.rcode = rcode;
  response.header.ra = 1;
  return new Uint8Array(response.toBuffer());
}

export const parse = (message: Uint8Array): ReturnType<typeof Packet.parse> => Packet.parse(Buffer.from(message));
