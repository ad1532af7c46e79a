import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Packet } from 'dns2';

/** What a person wants to see of an answer, decoded by dns2. */
export interface Answered {
  readonly status: string;
  readonly records: readonly string[];
  /** Code and text of an Extended DNS Error. */
  readonly explanation?: string;
  readonly milliseconds: number;
}

const statuses = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/**
 * Asks a running Quell over UDP, as a phone would.
 * @throws Error with a sentence, when nobody answers within two seconds or the type is unknown
 */
export async function query(name: string, type: string, server: { host: string; port: number }): Promise<Answered> {
  const qtype = (Packet.TYPE as Record<string, number>)[type.toUpperCase()] ?? Number(/^TYPE(\d+)$/i.exec(type)?.[1]);
  if (!Number.isInteger(qtype)) throw new Error(`"${type}" is no record type; write A, AAAA, HTTPS or TYPE65.`);
  const question = new Packet();
  question.header.id = randomInt(65_536);
  question.header.rd = 1;
  question.questions.push({ name, type: qtype, class: Packet.CLASS.IN } as (typeof question.questions)[number]);
  const socket = createSocket(server.host.includes(':') ? 'udp6' : 'udp4');
  try {
    const began = performance.now();
    socket.connect(server.port, server.host);
    await once(socket, 'connect');
    socket.send(withEdns(question.toBuffer()));
    const [message] = (await once(socket, 'message', { signal: AbortSignal.timeout(2000) })) as [Buffer];
    return { ...describe(message), milliseconds: performance.now() - began };
  } catch (error) {
    if (error instanceof Error && error.name !== 'AbortError' && !('code' in error)) throw error;
    throw new Error(`Nobody answers at ${server.host} port ${server.port}; is Quell running there?`, { cause: error });
  } finally {
    socket.close();
  }
}

/** dns2 writes no bare OPT record; without one there is no explanation to see. */
function withEdns(message: Buffer): Buffer {
  const query = Buffer.concat([message, Buffer.from([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0])]);
  query.writeUInt16BE(1, 10);
  return query;
}

function describe(message: Buffer): Omit<Answered, 'milliseconds'> {
  const packet = Packet.parse(message);
  const names = Object.fromEntries(Object.entries(Packet.TYPE).map(([text, number]) => [number, text]));
  const records = packet.answers.map((record) => {
    const { name, ttl, type, address, domain, data } = record as unknown as Record<string, string | number>;
    return `${name} ${ttl} ${names[type] ?? `TYPE${type}`} ${address ?? domain ?? data ?? ''}`.trim();
  });
  const status = statuses[packet.header.rcode] ?? `RCODE${packet.header.rcode}`;
  const explanation = explanationIn(message);
  return { status, records, ...(explanation && { explanation }) };
}

/** The Extended DNS Error option that ends our answers (RFC 8914). */
function explanationIn(message: Buffer): string | undefined {
  for (let at = message.length - 6; at > 11; at--) {
    if (message.readUInt16BE(at) !== 15 || at + 4 + message.readUInt16BE(at + 2) !== message.length) continue;
    return `${message.readUInt16BE(at + 4)} ${message.toString('utf8', at + 6)}`;
  }
  return undefined;
}
