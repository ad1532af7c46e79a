import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packAnswer } from '../../../../resolver/answering/cache/packed-answer.ts';
import { answerBehindAlias } from '../../../../resolver/answering/local/answer-behind-alias.ts';
import { recordData } from '../../../../resolver/answering/local/record-data.ts';
import { answerTo, parse, query } from '../messages.ts';

const chain = [recordData({ name: 'shop.example', type: 'CNAME', value: 'www.real.example' })];
const asked = query('shop.example');

describe('an answer behind an alias', () => {
  it('keeps every record whole, whatever was compressed in it', () => {
    const soa = {
      type: 'SOA',
      primary: 'ns.real.example',
      admin: 'host.real.example',
      serial: 1,
      refresh: 2,
      retry: 3,
    };
    const records = [
      { type: 'MX', priority: 10, exchange: 'mail.real.example' },
      { type: 'SRV', priority: 1, weight: 2, port: 3, target: 'srv.real.example' },
      { type: 'TXT', data: ['a', 'b'] },
      { type: 'AAAA', address: 'fd00::1' },
      { type: 'CNAME', domain: 'x.www.real.example' },
      { type: 'CAA', flags: 0, tag: 'issue', value: 'ca.example' },
    ];
    const authorities = [{ name: 'real.example', ...soa, expiration: 4, minimum: 5 }];
    const upstream = answerTo(query('www.real.example'), records, authorities);
    const answer = parse(answerBehindAlias(asked, chain, upstream));
    const before = parse(upstream);
    expect(answer.questions).toMatchObject([{ name: 'shop.example', type: 1 }]);
    expect(answer.answers[0]).toMatchObject({ name: 'shop.example', domain: 'www.real.example' });
    expect(answer.answers.slice(1)).toEqual(before.answers);
    expect(answer.authorities).toEqual(before.authorities);
  });

  it('keeps what the upstream said of it: denial and failure', () => {
    for (const code of [2, 3]) {
      expect(
        parse(answerBehindAlias(asked, chain, answerTo(query('www.real.example'), [], [], code))).header.rcode,
      ).toBe(code);
    }
  });

  it('is made of any octets without harm: it can be packed, or it is refused', () => {
    const records = [
      { type: 'MX', priority: 10, exchange: 'mail.real.example' },
      { type: 'CNAME', domain: 'x.real.example' },
    ];
    const sound = answerTo(query('www.real.example'), records);
    const damage = fc.array(fc.tuple(fc.integer({ min: 0, max: sound.length - 1 }), fc.integer({ min: 0, max: 255 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(damage, fc.integer({ min: 12, max: sound.length }), (changes, length) => {
        const message = Uint8Array.from(sound.subarray(0, length));
        for (const [at, octet] of changes) message[at % length] = octet;
        let answer: Uint8Array;
        try {
          answer = answerBehindAlias(asked, chain, message);
        } catch (error) {
          expect((error as Error).message).toContain('The upstream sent an answer');
          return;
        }
        expect(packAnswer(answer)).toBeDefined();
      }),
      { numRuns: 2_000 },
    );
  });
});
