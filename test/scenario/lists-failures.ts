import { gzipSync } from 'node:zlib';
import type { Handler } from './lists-server.ts';

const gzipBomb = gzipSync(Buffer.alloc(80 * 2 ** 20, 'a'), { level: 9 });

/**
 * What a publisher's server may do wrong, and how the owner reads of it.
 * @param good the list that it published before
 */
export const failures = (good: string): readonly (readonly [string, Handler, RegExp])[] => [
  ['answers 500', (_, response) => response.writeHead(500).end('no'), /answers 500/],
  ['answers 404', (_, response) => response.writeHead(404).end('no'), /answers 404/],
  ['resets the connection', (request) => request.socket.resetAndDestroy(), /broke the connection off/],
  ['accepts and says nothing', () => {}, /took too long/],
  [
    'stalls half way',
    (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write('ads1.example.com\n');
    },
    /took too long/,
  ],
  [
    'sends less than it announced',
    (_, response) => {
      response.writeHead(200, { 'content-length': String(good.length) });
      response.write(good.slice(0, 100), () => response.socket?.destroy());
    },
    /broke the connection off|only a part/,
  ],
  [
    'sends half an archive',
    (_, response) => {
      const packed = gzipSync(good);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed.subarray(0, packed.length >> 1));
    },
    /only a part/,
  ],
  [
    'sends an archive that unpacks to far more than a list may have',
    (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipBomb),
    /larger than \d+ MB/,
  ],
  [
    'sends such an archive as the file itself',
    (_, response) => response.writeHead(200, { 'content-type': 'application/gzip' }).end(gzipBomb),
    /larger than \d+ MB/,
  ],
  [
    'sends a web page',
    (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    /web page/,
  ],
  [
    'sends a web page and calls it text',
    (_, response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end('<!DOCTYPE html><html><body>sign in'),
    /web page/,
  ],
  ['sends an empty file', (_, response) => response.end(''), /no list that Quell can read/],
  [
    'redirects for ever',
    (request, response) => response.writeHead(302, { location: request.url }).end(),
    /more than 5 times/,
  ],
  [
    'redirects into the household’s own network',
    (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/secret' }).end(),
    /private network/,
  ],
  [
    'redirects to a file',
    (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    /https:\/\/ or http:\/\//,
  ],
];
