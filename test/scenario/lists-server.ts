import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A list publisher that behaves as it is told, well or badly. */
export class ListServer {
  readonly requests: IncomingMessage[] = [];
  answer: Handler = (_request, response) => response.end();
  private readonly server = createServer((request, response) => {
    this.requests.push(request);
    this.answer(request, response);
  });

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/list.txt`;
  }

  /** Publishes a text with an ETag, and answers 304 to whoever has it. */
  publish(text: string, headers: Record<string, string> = {}): void {
    const etag = `"${Buffer.from(text).toString('base64').slice(-24)}-${text.length}"`;
    this.answer = (request, response) => {
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.writeHead(200, { 'content-type': 'text/plain', etag, ...headers }).end(text);
    };
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
