import { nameFromText } from '../../../../resolver/wire/name.ts';

export const NOERROR = 0;
export const SERVFAIL = 2;
export const REFUSED = 5;

/** A query as the miss handling makes it: RD, one question, an empty OPT record. */
export function query(name: string, { id = 0x1234, type = 1 } = {}): Buffer {
  const wire = nameFromText(name)!;
  const message = Buffer.alloc(12 + wire.length + 4 + 11);
  message.writeUInt16BE(id, 0);
  message[2] = 1;
  message[5] = 1;
  message[11] = 1;
  message.set(wire, 12);
  const end = 12 + wire.length;
  message.writeUInt16BE(type, end);
  message.writeUInt16BE(1, end + 2);
  message.set([0, 0, 41, 0x04, 0xd0], end + 4);
  return message;
}

/** Lower-cased wire name. */
export const wireName = (name: string): Uint8Array => nameFromText(name.toLowerCase())!;

export function questionEnd(message: Uint8Array): number {
  let at = 12;
  while (message[at] !== 0) at += message[at] + 1;
  return at + 5;
}

/** The name as spelled in a message's question. */
export function spelledName(message: Uint8Array): string {
  const labels = [];
  for (let at = 12; message[at] !== 0; at += message[at] + 1) {
    labels.push(Buffer.from(message.subarray(at + 1, at + 1 + message[at])).toString('latin1'));
  }
  return labels.join('.');
}

export const questionType = (message: Uint8Array): number =>
  Buffer.from(message).readUInt16BE(questionEnd(message) - 4);

/** An answer to `question` with one A record per address, owned by a pointer to the question. */
export function answer(question: Uint8Array, addresses: string[] = ['192.0.2.1'], rcode = NOERROR): Buffer {
  const end = questionEnd(question);
  const head = Buffer.from(question.subarray(0, end));
  head[2] = 0x80 | (question[2] & 1);
  head[3] = 0x80 | rcode;
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]),
  );
  return Buffer.concat([head, ...records]);
}

export function truncated(question: Uint8Array): Buffer {
  const message = answer(question, []);
  message[2] |= 2;
  return message;
}

/** Addresses of the A records in an answer made by `answer`. */
export function addresses(message: Uint8Array): string[] {
  const found = [];
  for (let at = questionEnd(message) + 12; at + 4 <= message.length; at += 16) {
    found.push(message.subarray(at, at + 4).join('.'));
  }
  return found;
}

export const rcodeOf = (message: Uint8Array): number => message[3] & 15;
