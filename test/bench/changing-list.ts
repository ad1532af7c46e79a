import { once } from 'node:events';
import { closeSync, openSync, renameSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { PIECE, writeInPieces } from '../../lists/short-calls.ts';

/** Somewhere that Quell gets a list from. */
export interface ChangingList extends AsyncDisposable {
  readonly address: string;
  /** From now on the list is this. */
  publish(text: Uint8Array): void;
}

/** A file of the household's own. */
export function listInFile(dataDir: string): ChangingList {
  const path = join(dataDir, 'lists', 'bench.txt');
  return {
    address: 'file:bench.txt',
    publish(text) {
      // Load and stub, which are on the same core, would wait for the end of a long system call.
      const file = openSync(`${path}.new`, 'w');
      writeInPieces(file, text);
      closeSync(file);
      // In one step, so that no half of it is read.
      renameSync(`${path}.new`, path);
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** A publisher on this machine: unpacked and as fast as it can be read, which is more at once than from anywhere else. */
export async function listOverHttp(): Promise<ChangingList> {
  let now: Uint8Array = new Uint8Array();
  let edition = 0;
  const server = createServer((request, response) => {
    const etag = `"${edition}"`;
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': now.length, etag });
    Readable.from(inPieces(now)).pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bench.txt`,
    publish(text) {
      now = text;
      edition++;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function* inPieces(text: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < text.length; at += PIECE) yield text.subarray(at, at + PIECE);
}
