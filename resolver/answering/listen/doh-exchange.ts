import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { type DohRefusal, mediaType } from '../../between/doh-request.ts';
import type { Carrier, Reply } from './carrier.ts';

/** One question by HTTP and the way its answer goes back. */
export class DohExchange implements Carrier {
  readonly transport = 'https';
  private readonly response: ServerResponse | Http2ServerResponse;
  private readonly maxAge: ((answer: Uint8Array) => number | undefined) | undefined;
  private postponed = false;

  constructor(
    response: ServerResponse | Http2ServerResponse,
    maxAge: ((answer: Uint8Array) => number | undefined) | undefined,
  ) {
    this.response = response;
    this.maxAge = maxAge;
  }

  later(): Reply {
    this.postponed = true;
    return { send: (answer) => this.send(answer) };
  }

  /** @param answer empty when the handler gave none */
  finish(answer: Uint8Array): void {
    if (answer.length > 0) this.send(answer);
    else if (!this.postponed) end(this.response, 503, {});
  }

  private send(answer: Uint8Array): void {
    const seconds = this.maxAge?.(answer);
    end(
      this.response,
      200,
      {
        'content-type': mediaType,
        'content-length': answer.length,
        'cache-control': seconds === undefined ? 'no-store' : `max-age=${seconds}`,
      },
      Buffer.from(answer),
    );
  }
}

export function refuse(response: ServerResponse | Http2ServerResponse, { status, message }: DohRefusal): void {
  const allow: Record<string, string> = status === 405 ? { allow: 'GET, POST' } : {};
  end(response, status, { 'content-type': 'text/plain', ...allow }, Buffer.from(`${message}\n`));
}

function end(
  response: ServerResponse | Http2ServerResponse,
  status: number,
  headers: Record<string, string | number>,
  body = Buffer.alloc(0),
): void {
  if (response.destroyed || response.writableEnded || response.headersSent) return;
  // Both kinds of response have the same methods; TypeScript can't call a union of their overloads.
  (response as ServerResponse).writeHead(status, headers).end(body);
}
