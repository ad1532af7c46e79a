import { describe, expect, it } from 'vitest';
import { packAnswer, packedTtl } from '../../../../resolver/answering/cache/packed-answer.ts';
import { type AnswerRecord, answerTo, parse, query } from '../messages.ts';
import { SmallHouse } from '../small-house.ts';

const chain = (length: number, last: AnswerRecord, host = (i: number) => `n${i}.example`): AnswerRecord[] => [
  ...Array.from({ length }, (_, i) => ({ name: host(i), type: 'CNAME', domain: host(i + 1) })),
  { name: host(length), ...last },
];

const a: AnswerRecord = { type: 'A', address: '1.2.3.4' };

async function ask(house: SmallHouse, name: string, type = 'A') {
  return parse((await house.ask(query(name, type), '192.168.1.7', 'tcp')) as Uint8Array);
}

describe('where an answer leads', () => {
  it('through a hundred names is followed to the end: a blocked one among them blocks it', async () => {
    const records = chain(100, a);
    const free = new SmallHouse((asked) => answerTo(asked, records));
    expect((await ask(free, 'n0.example')).answers).toHaveLength(101);
    const blocked = new SmallHouse((asked) => answerTo(asked, records), { names: { 'n99.example': 'ads' } });
    for (let i = 0; i < 2; i++)
      expect((await ask(blocked, 'n0.example')).answers).toMatchObject([{ address: '0.0.0.0' }]);
  });

  it('through more names than anybody can mean is no answer', async () => {
    const house = new SmallHouse((asked) => answerTo(asked, chain(300, a)));
    expect((await ask(house, 'n0.example')).header.rcode).toBe(2);
  });

  it('in a circle ends with the answer', async () => {
    const circle = [
      { name: 'a.example', type: 'CNAME', domain: 'b.example' },
      { name: 'b.example', type: 'CNAME', domain: 'a.example' },
    ];
    const house = new SmallHouse((asked) => answerTo(asked, circle));
    expect((await ask(house, 'a.example')).answers).toHaveLength(2);
  });

  it('by an HTTPS record in AliasMode or to another host is asked of the policy', async () => {
    for (const priority of [0, 1]) {
      const target = [4, ...Buffer.from('data'), 6, ...Buffer.from('mistat'), 7, ...Buffer.from('example'), 0];
      const house = new SmallHouse((asked) => {
        const data = [0, priority, ...target];
        const record = [0xc0, 12, 0, 65, 0, 1, 0, 0, 0, 60, 0, data.length, ...data];
        const answer = Uint8Array.from([...asked.subarray(0, asked.length - 11), ...record]);
        answer.set([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], 2);
        return answer;
      });
      const answer = await ask(house, 'shop.example', 'TYPE65');
      expect(answer.answers).toHaveLength(0);
      expect(house.attempts()).toMatchObject([{ outcome: 'blocked' }]);
    }
  });

  it('is blocked alike for addresses of both families and for HTTPS records', async () => {
    const cloaked = [{ type: 'CNAME', domain: 'data.mistat.example' }];
    const house = new SmallHouse((asked) => answerTo(asked, cloaked));
    expect((await ask(house, 'cloak.example')).answers).toMatchObject([{ address: '0.0.0.0' }]);
    expect((await ask(house, 'cloak.example', 'AAAA')).answers).toMatchObject([{ address: '::' }]);
    expect((await ask(house, 'cloak.example', 'TYPE65')).answers).toHaveLength(0);
  });
});

describe('an answer’s time', () => {
  const answered = (ttl: number) => answerTo(query('a.example'), [{ ...a, ttl }]);
  const withTtl = (ttl: number): Uint8Array => {
    const message = answered(60);
    new DataView(message.buffer).setUint32(message.length - 10, ttl);
    return message;
  };
  const ttlOf = (message: Uint8Array, clamps?: { min: number; max: number }) =>
    packedTtl(packAnswer(message, clamps) as Uint8Array, 0);

  it('of 2^31 seconds and more is none', async () => {
    expect(ttlOf(withTtl(2 ** 31))).toBe(0);
    expect(ttlOf(withTtl(2 ** 32 - 1))).toBe(0);
    const house = new SmallHouse(() => withTtl(2 ** 31));
    expect((await ask(house, 'a.example')).answers).toMatchObject([{ ttl: 0 }]);
  });

  it('keeps to the household’s limits, for phones too', async () => {
    const clamps = { min: 30, max: 600 };
    expect(ttlOf(withTtl(5), clamps)).toBe(30);
    expect(ttlOf(withTtl(2 ** 31 - 1), clamps)).toBe(600);
    expect(ttlOf(withTtl(100), clamps)).toBe(100);
    const house = new SmallHouse(() => withTtl(2 ** 31 - 1));
    expect((await ask(house, 'a.example')).answers).toMatchObject([{ ttl: 86_400 }]);
  });

  it('is short for a denial without SOA, and hours at most for one with', async () => {
    const house = new SmallHouse((asked) => answerTo(asked, [], [], 3));
    expect((await ask(house, 'no.example')).header.rcode).toBe(3);
    house.now += 4_000;
    await ask(house, 'no.example');
    expect(house.asked).toHaveLength(1);
    house.now += 2_000;
    await ask(house, 'no.example');
    expect(house.asked).toHaveLength(2);
    const soa = {
      type: 'SOA',
      primary: 'n.example',
      admin: 'h.example',
      serial: 1,
      refresh: 1,
      retry: 1,
      expiration: 1,
    };
    const week = answerTo(query('no.example'), [], [{ ...soa, minimum: 604_800, ttl: 604_800 }], 3);
    expect(ttlOf(week)).toBe(10_800);
  });
});
