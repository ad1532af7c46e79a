import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import DNS, { Packet } from 'dns2';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { bootstrapLookup } from '../../../../resolver/control/lists/bootstrap-lookup.ts';
import { fetchLimits, ListFetcher } from '../../../../resolver/control/lists/list-fetcher.ts';

const asked: string[] = [];
const resolver = DNS.createServer({
  udp: true,
  handle: (request, send) => {
    const response = DNS.Packet.createResponseFromRequest(request);
    const [{ name, type }] = request.questions as { name: string; type: number }[];
    asked.push(name);
    if (type === DNS.Packet.TYPE.A && name === 'lists.example')
      response.answers.push({ name, type, class: DNS.Packet.CLASS.IN, ttl: 60, address: '127.0.0.1' } as never);
    send(response);
  },
});
const server = createServer((_request, response) => response.end('ads.example\n'));
let bootstrap: { address: string; port: number };
let address: string;

beforeAll(async () => {
  const { udp } = await resolver.listen({ udp: { port: 0, address: '127.0.0.1' } });
  bootstrap = { address: '127.0.0.1', port: (udp as AddressInfo).port };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://lists.example:${(server.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  await resolver.close();
  server.close();
});

const fetcher = (allowPrivate: boolean) =>
  new ListFetcher({ bootstrap: [bootstrap], allowPrivate, limits: fetchLimits });

function options() {
  const folder = mkdtempSync(join(tmpdir(), 'quell-fetched-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { validators: {}, spool: join(folder, 'a.spool'), signal: new AbortController().signal };
}

test('the server’s name is asked of the bootstrap resolver', async () => {
  const { spool, ...more } = options();
  const fetched = await fetcher(true).fetch(address, { spool, ...more });
  expect(asked).toContain('lists.example');
  expect(fetched).toMatchObject({ same: false, text: { spool, host: new URL(address).host } });
  expect(readFileSync(spool, 'utf8')).toBe('ads.example\n');
});

test('a public name that leads into the private network is not followed', async () => {
  await expect(fetcher(false).fetch(address, options())).rejects.toThrow('lists.example is in a private network');
});

test('a name that nobody knows is told in a sentence', async () => {
  await expect(fetcher(true).fetch('http://nobody.example/', options())).rejects.toThrow(
    'No address was found for nobody.example',
  );
});

test.each(['ftp://lists.example/', 'javascript:1', 'lists'])('%s is no address of a list', async (bad) => {
  await expect(fetcher(true).fetch(bad, options())).rejects.toThrow('begins with https:// or http://');
});

test('a bootstrap resolver may have an IPv6 address', async () => {
  const socket = createSocket('udp6');
  socket.on('message', (message, { port, address: from }) => {
    const response = Packet.createResponseFromRequest(Packet.parse(message));
    const [{ name, type }] = response.questions as { name: string; type: number }[];
    if (type === Packet.TYPE.AAAA)
      response.answers.push({ name, type, class: Packet.CLASS.IN, ttl: 60, address: '2001:db8::7' } as never);
    socket.send(response.toBuffer(), port, from);
  });
  socket.bind(0, '::1');
  await once(socket, 'listening');
  const lookup = bootstrapLookup([{ address: '::1', port: socket.address().port }]);
  const found = await new Promise((resolve, reject) =>
    lookup('lists.example', { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses))),
  );
  socket.close();
  expect(found).toMatchObject([{ address: '2001:db8::7', family: 6 }]);
});
