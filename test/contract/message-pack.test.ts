import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, connected } from '../../resolver/control/store/redis/connection.ts';
import { MessagePack } from '../../resolver/control/store/redis/message-pack.ts';
import { RedisServer } from './redis-servers.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.create();
});
afterAll(() => server?.stop());

/** What Redis' Lua makes of it: numbers as texts, nil as null. */
const script = `
local function told(value)
  if type(value) == 'number' then return string.format('%.0f', value) end
  if type(value) ~= 'table' then return value or false end
  local all = {}
  for i = 1, #value do all[i] = told(value[i]) end
  return all
end
local values = {cmsgpack.unpack(ARGV[1])}
for i = 1, select('#', cmsgpack.unpack(ARGV[1])) do values[i] = told(values[i]) end
return values`;

test('scripts read numbers, texts, octets and lists of any size as they were written', async () => {
  const numbers = [0, 1, 127, 128, 65_536, 1_794_000_000_000, 2 ** 53 - 1];
  const texts = ['', 'a.mi.com', 'ünï 日本', 'x'.repeat(84), 'x'.repeat(85), 'ü'.repeat(86), '日'.repeat(70_000)];
  const octets = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256));
  const out = new MessagePack();
  for (let turn = 0; turn < 2; turn++) {
    out.begin();
    for (const number of numbers) out.number(number);
    out.nothing();
    for (const text of texts) out.text(text);
    out.list(2);
    out.octets(octets);
    out.list(2_000);
    for (let i = 0; i < 2_000; i++) out.number(i);
    out.octets(Buffer.of());
    const { client } = connect(`redis://127.0.0.1:${server.port}`);
    await connected(client);
    const reply = await client.callBuffer('eval', script, 0, out.bytes());
    client.disconnect();
    const many = Array.from({ length: 2_000 }, (_, i) => Buffer.from(String(i)));
    expect(reply).toEqual([
      ...numbers.map((number) => Buffer.from(String(number))),
      null,
      ...texts.map((text) => Buffer.from(text)),
      [octets, many],
      Buffer.of(),
    ]);
  }
});
