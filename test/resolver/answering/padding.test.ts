import { describe, expect, it } from 'vitest';
import type { Carrier } from '../../../resolver/answering/listen/carrier.ts';
import { padAnswer } from '../../../resolver/answering/padding.ts';
import { answerTo, parse, query } from './messages.ts';
import { optionOf, optionsOf, withOptions } from './options.ts';
import { SmallHouse } from './small-house.ts';

const COOKIE = 10;
const KEEPALIVE = 11;
const PADDING = 12;
const EXPLANATION = 15;
const nothing = new Uint8Array(0);

const addresses = (count: number) => (asked: Uint8Array) =>
  answerTo(
    asked,
    Array.from({ length: count }, (_, i) => ({ type: 'A', address: `192.0.2.${i}` })),
  );

const padded = (name: string, ...others: [number, Uint8Array][]) =>
  withOptions(query(name), [...others, [PADDING, new Uint8Array(30)]]);

const ask = async (house: SmallHouse, message: Uint8Array, transport: Carrier['transport']) =>
  (await house.ask(message, '192.168.1.7', transport)) as Uint8Array;

describe('an answer to a padded question', () => {
  it.each(['tls', 'https'] as const)('has one of few lengths over %s, whatever it says', async (transport) => {
    const house = new SmallHouse(addresses(1));
    for (const name of ['a.example', 'a-name-that-is-longer.example', 'data.mistat.example', 'localhost']) {
      expect(await ask(house, padded(name), transport), name).toHaveLength(468);
    }
    const long = new SmallHouse(addresses(30));
    expect(await ask(long, padded('a.example'), transport)).toHaveLength(936);
  });

  it('is padded behind all other options, with zeros', async () => {
    const house = new SmallHouse(addresses(1));
    const message = padded('data.mistat.example', [COOKIE, new Uint8Array(8)], [KEEPALIVE, nothing]);
    const answer = await ask(house, message, 'tls');
    const options = optionsOf(answer) ?? [];
    expect(options.map(([code]) => code)).toEqual([EXPLANATION, COOKIE, KEEPALIVE, PADDING]);
    expect(options[3][1].every((octet) => octet === 0)).toBe(true);
    expect(parse(answer).answers).toHaveLength(1);
  });

  it('is not padded where everybody can read along, nor for who did not ask for it', async () => {
    const house = new SmallHouse(addresses(1));
    for (const transport of ['udp', 'tcp'] as const) {
      expect(optionsOf(await ask(house, padded('a.example'), transport))).toEqual([]);
    }
    expect(optionsOf(await ask(house, withOptions(query('a.example'), []), 'tls'))).toEqual([]);
    expect(optionsOf(await ask(house, query('a.example'), 'tls'))).toBeUndefined();
  });

  it('never becomes longer than a message can be', () => {
    const out = new Uint8Array(65_535 + 10).fill(255);
    const opt = 65_535 - 11 - 4;
    out.set([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0], opt);
    expect(padAnswer(out, 0, opt, opt + 11)).toBe(65_535);
    expect([...out.subarray(opt + 9, 65_535)]).toEqual([0, 4, 0, PADDING, 0, 0]);
    expect(padAnswer(out, 0, opt + 1, opt + 12)).toBe(opt + 12);
  });
});

describe('a client that asks how long it may stay', () => {
  it.each([
    ['tcp', [0, 150]],
    ['tls', [1, 44]],
  ] as const)('is told so over %s', async (transport, tenths) => {
    const house = new SmallHouse(addresses(1));
    const answer = await ask(house, withOptions(query('a.example'), [[KEEPALIVE, nothing]]), transport);
    expect([...(optionOf(answer, KEEPALIVE) as Uint8Array)]).toEqual(tenths);
  });

  it('is told nothing where there is no connection of its own', async () => {
    const house = new SmallHouse(addresses(1));
    for (const transport of ['udp', 'https'] as const) {
      const answer = await ask(house, withOptions(query('a.example'), [[KEEPALIVE, nothing]]), transport);
      expect(optionsOf(answer)).toEqual([]);
    }
  });
});

describe('an answer of 64 KB', () => {
  /** A message of exactly so many octets, the OPT record of upstream not counted. */
  const sized = (size: number) => (asked: Uint8Array) => {
    const bare = asked.slice(0, asked.length - 11);
    const record = [0xc0, 12, 0, 99, 0, 1, 0, 0, 1, 44, 0, 0];
    const data = new Uint8Array(size - bare.length - record.length).fill(120);
    const message = Buffer.concat([bare, Buffer.from(record), data]);
    message.set([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], 2);
    message.writeUInt16BE(data.length, bare.length + 10);
    return new Uint8Array(message);
  };

  it('comes whole over TCP, from upstream and from the cache', async () => {
    const house = new SmallHouse(sized(65_524));
    for (let i = 0; i < 2; i++) {
      expect(await ask(house, query('a.example', 'TYPE99'), 'tcp')).toHaveLength(65_524);
      expect(await ask(house, query('a.example', 'TYPE99', { edns: true }), 'tcp')).toHaveLength(65_535);
    }
    expect(house.asked).toHaveLength(1);
  });

  it('comes without the options that it leaves no room for', async () => {
    const house = new SmallHouse(sized(65_500));
    const all = withOptions(query('a.example', 'TYPE99'), [
      [COOKIE, new Uint8Array(8)],
      [KEEPALIVE, nothing],
      [PADDING, nothing],
    ]);
    for (let i = 0; i < 2; i++) {
      const answer = await ask(house, all, 'tls');
      expect(answer.length).toBeLessThanOrEqual(65_535);
      expect(optionsOf(answer)?.map(([code]) => code)).toEqual([KEEPALIVE, PADDING]);
    }
  });

  it('is cut over UDP without ever being written where datagrams are', async () => {
    const house = new SmallHouse(sized(65_000));
    for (let i = 0; i < 2; i++) {
      const answer = await ask(house, query('a.example', 'TYPE99', { edns: true }), 'udp');
      expect(parse(answer).header.tc).toBe(1);
      expect(answer.length).toBeLessThan(60);
    }
    expect(house.untouchedBehind(4096)).toBe(true);
  });

  it('that has no room for our OPT record is a failure that the client can understand', async () => {
    const house = new SmallHouse(sized(65_535));
    expect(await ask(house, query('a.example', 'TYPE99'), 'tcp')).toHaveLength(65_535);
    const answer = await ask(house, query('a.example', 'TYPE99', { edns: true }), 'tcp');
    expect(parse(answer).header.rcode).toBe(2);
  });
});
