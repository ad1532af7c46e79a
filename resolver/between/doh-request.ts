import { deviceName } from './device-name.ts';

export const mediaType = 'application/dns-message';
export const longestMessage = 65_535;

const path = /^\/dns-query(?:\/([^/?]+))?\/?(?:\?(.*))?$/;
const header = 12;

/** What a DoH request asks for, before its body is read (RFC 8484 section 4.1). */
export interface DohRequest {
  /** The question of a GET; a POST has it in its body. */
  message: Uint8Array | undefined;
  /** Device name from the path. */
  name: string | undefined;
}

/** Why a DoH request gets no answer: an HTTP status and a sentence. */
export class DohRefusal extends Error {
  override name = 'DohRefusal';
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** @throws DohRefusal */
export function readDohRequest(
  method: string | undefined,
  url: string | undefined,
  contentType: string | undefined,
): DohRequest {
  const match = path.exec(url ?? '');
  const name = match?.[1] === undefined ? undefined : deviceName(match[1]);
  if (!match || (match[1] !== undefined && name === undefined)) {
    throw new DohRefusal(404, 'DNS is answered at /dns-query and /dns-query/<device name>.');
  }
  if (method === 'GET') return { message: fromQuery(match[2]), name };
  if (method !== 'POST') throw new DohRefusal(405, 'DNS is asked by GET or POST.');
  if (contentType?.split(';')[0].trim().toLowerCase() !== mediaType) {
    throw new DohRefusal(415, `The content type has to be ${mediaType}.`);
  }
  return { message: undefined, name };
}

/** @returns the message @throws DohRefusal unless it can be a DNS message */
export function checkDohMessage(message: Uint8Array): Uint8Array {
  if (message.length < header) throw new DohRefusal(400, 'This is shorter than any DNS message.');
  if (message.length > longestMessage) throw new DohRefusal(413, 'This is longer than any DNS message.');
  return message;
}

function fromQuery(query: string | undefined): Uint8Array {
  const text = new URLSearchParams(query).get('dns');
  if (!text) throw new DohRefusal(400, 'The parameter dns with the question is missing.');
  // RFC 8484 section 6: base64url; padding is not allowed but harmless.
  if (!/^[A-Za-z0-9_-]+=*$/.test(text)) throw new DohRefusal(400, 'The parameter dns has to be base64url.');
  return checkDohMessage(Buffer.from(text, 'base64url'));
}
