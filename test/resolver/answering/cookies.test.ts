import { describe, expect, it } from 'vitest';
import { Cookies } from '../../../resolver/answering/cookies.ts';
import { answerTo, parse, query } from './messages.ts';
import { optionOf, withOptions } from './options.ts';
import { SmallHouse } from './small-house.ts';

const COOKIE = 10;
const client = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
const minutes = 60_000;

const many = (asked: Uint8Array, count = 60) =>
  answerTo(
    asked,
    Array.from({ length: count }, (_, i) => ({ type: 'A', address: `192.0.2.${i}` })),
  );

const one = (asked: Uint8Array) => answerTo(asked, [{ type: 'A', address: '192.0.2.1' }]);

const asking = (cookie: Uint8Array, name = 'good.example') => withOptions(query(name), [[COOKIE, cookie]]);

async function cookieFor(house: SmallHouse, cookie: Uint8Array, from = '192.168.1.7'): Promise<Uint8Array> {
  return optionOf((await house.ask(asking(cookie), from)) as Uint8Array, COOKIE) as Uint8Array;
}

describe('a client that sends a cookie', () => {
  it('gets its own back with ours behind it, and keeps ours while it is young', async () => {
    const house = new SmallHouse(one);
    const first = await cookieFor(house, client);
    expect(first.subarray(0, 8)).toEqual(client);
    expect(first).toHaveLength(24);
    house.wall += 29 * minutes;
    expect(await cookieFor(house, first)).toEqual(first);
    house.wall += 2 * minutes;
    const renewed = await cookieFor(house, first);
    expect(renewed).not.toEqual(first);
    expect(await cookieFor(house, renewed)).toEqual(renewed);
  });

  it('gets another one at another address, and its question answered all the same', async () => {
    const house = new SmallHouse(one);
    const first = await cookieFor(house, client);
    expect(await cookieFor(house, first, '192.168.1.8')).not.toEqual(first);
    const forged = Uint8Array.from(first).fill(9, 16);
    const answer = (await house.ask(asking(forged))) as Uint8Array;
    expect(parse(answer).header.rcode).toBe(0);
    expect(optionOf(answer, COOKIE)).toEqual(first);
  });

  it('gets it with every kind of answer: blocked, of the house, refused, failed, cut', async () => {
    const house = new SmallHouse((asked) => {
      if (parse(asked).questions[0].name === 'long.example') return many(asked, 90);
      throw new Error('away');
    });
    const answers = await Promise.all(
      ['data.mistat.example', 'localhost', 'away.example', 'long.example'].map((name) =>
        house.ask(asking(client, name)),
      ),
    );
    const transfer = await house.ask(withOptions(query('example', 'TYPE252'), [[COOKIE, client]]));
    const codes = [...answers, transfer].map((answer) => {
      expect(optionOf(answer as Uint8Array, COOKIE)).toHaveLength(24);
      return parse(answer as Uint8Array).header.rcode;
    });
    expect(codes).toEqual([0, 0, 2, 0, 5]);
    expect(parse(answers[3] as Uint8Array).header.tc).toBe(1);
  });

  it('that can be none is told so', async () => {
    const house = new SmallHouse(one);
    for (const length of [0, 7, 9, 15, 41]) {
      const answer = (await house.ask(asking(new Uint8Array(length)))) as Uint8Array;
      expect(parse(answer).header.rcode, `${length} octets`).toBe(1);
    }
    for (const length of [16, 40]) {
      expect(await cookieFor(house, new Uint8Array(length)), `${length} octets`).toHaveLength(24);
    }
  });

  it('and shows ours gets long answers over UDP when others have to come by TCP', async () => {
    const house = new SmallHouse((asked) => many(asked), { guard: { amplification: 2 } });
    const isCut = async (message: Uint8Array) => parse((await house.ask(message)) as Uint8Array).header.tc === 1;
    const shown = await cookieFor(house, client);
    const plain = withOptions(query('good.example'), []);
    let cut = 0;
    for (let i = 0; i < 100; i++) if (await isCut(plain)) cut++;
    expect(cut).toBeGreaterThan(10);
    expect(await isCut(asking(client))).toBe(true);
    expect(await isCut(asking(shown))).toBe(false);
  });
});

describe('a cookie', () => {
  const made = (wall: number, secret = 'one') => new Cookies({ secret: Buffer.from(secret), wallClock: () => wall });
  const start = Date.UTC(2026, 10, 20);
  const cookie = made(start).answer(client, 0, 8, '192.168.1.7');
  const isProof = (cookies: Cookies, shown = cookie, address = '192.168.1.7') => {
    cookies.answer(shown, 0, shown.length, address);
    return cookies.proven;
  };

  it('proves an address for an hour, also to a clock that is minutes slow', () => {
    expect(isProof(made(start + 60 * minutes))).toBe(true);
    expect(isProof(made(start + 61 * minutes))).toBe(false);
    expect(isProof(made(start - 5 * minutes))).toBe(true);
    expect(isProof(made(start - 6 * minutes))).toBe(false);
  });

  it('proves nothing elsewhere, to another secret, or when any of it was changed', () => {
    expect(isProof(made(start), cookie, '192.168.1.8')).toBe(false);
    expect(isProof(made(start, 'two'))).toBe(false);
    for (let i = 0; i < cookie.length; i++) {
      const changed = Uint8Array.from(cookie);
      changed[i] ^= 1;
      expect(isProof(made(start), changed), `octet ${i}`).toBe(false);
    }
  });

  it('holds beyond the year 2106', () => {
    const late = 2 ** 32 * 1000;
    const before = made(late - minutes).answer(client, 0, 8, '::1');
    expect(isProof(made(late + minutes), before, '::1')).toBe(true);
  });
});
