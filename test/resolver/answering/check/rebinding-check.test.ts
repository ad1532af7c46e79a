import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { isPrivateIPv4, isPrivateIPv6 } from '../../../../resolver/answering/check/private-addresses.ts';
import { type AnswerRecord, answerTo, parse, query } from '../messages.ts';
import { type HouseOptions, SmallHouse } from '../small-house.ts';

const octets = (address: string) => Uint8Array.from(ipaddr.parse(address).toByteArray());

async function answers(records: AnswerRecord[], name = 'evil.example', type = 'A', options: HouseOptions = {}) {
  const house = new SmallHouse((asked) => answerTo(asked, records), options);
  const bytes = (await house.ask(query(name, type, { edns: true }))) as Uint8Array;
  return { house, bytes, ...parse(bytes) };
}

const a = (address: string): AnswerRecord => ({ type: 'A', address });

/** A record that dns2 does not know, put behind the question by hand. */
function rawAnswer(asked: Uint8Array, type: number, data: readonly number[]): Uint8Array {
  const question = asked.subarray(0, asked.length - 11);
  const record = [0xc0, 12, type >> 8, type & 255, 0, 1, 0, 0, 0, 60, data.length >> 8, data.length & 255, ...data];
  const answer = Uint8Array.from([...question, ...record]);
  answer.set([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], 2);
  return answer;
}

describe('an address of the house', () => {
  it.each(['10.1.2.3', '172.16.0.1', '172.31.255.1', '192.168.0.1', '127.0.0.53', '169.254.1.1', '0.0.0.0'])(
    'is %s',
    (address) => {
      expect(isPrivateIPv4(octets(address), 0)).toBe(true);
      expect(isPrivateIPv6(octets(`::ffff:${address}`), 0)).toBe(true);
      expect(isPrivateIPv6(octets(`::${address}`), 0)).toBe(true);
      expect(isPrivateIPv6(octets(`64:ff9b::${address}`), 0)).toBe(true);
      expect(isPrivateIPv6(octets(`64:ff9b:1::${address}`), 0)).toBe(true);
      const [p, q, r, s] = octets(address);
      const sixToFour = `2002:${((p << 8) | q).toString(16)}:${((r << 8) | s).toString(16)}::1`;
      expect(isPrivateIPv6(octets(sixToFour), 0)).toBe(true);
    },
  );

  it.each(['::', '::1', 'fe80::1', 'febf::1', 'fc00::1', 'fdff::1', 'fec0::1'])('is %s', (address) => {
    expect(isPrivateIPv6(octets(address), 0)).toBe(true);
  });

  it.each(['1.1.1.1', '11.0.0.1', '172.15.0.1', '172.32.0.1', '192.167.1.1', '100.64.0.1', '192.0.0.170'])(
    'is not %s',
    (address) => {
      expect(isPrivateIPv4(octets(address), 0)).toBe(false);
      expect(isPrivateIPv6(octets(`::ffff:${address}`), 0)).toBe(false);
      expect(isPrivateIPv6(octets(`64:ff9b::${address}`), 0)).toBe(false);
    },
  );

  it.each(['2606:4700::1', '2002:808:808::1', '2a00::a00:1', '2001:db8::ffff:a00:1'])('is not %s', (address) => {
    expect(isPrivateIPv6(octets(address), 0)).toBe(false);
  });
});

describe('a public name that leads into the house', () => {
  it('is answered with nothing, and says why', async () => {
    const { header, answers: records, authorities, bytes } = await answers([a('1.2.3.4'), a('192.168.1.1')]);
    expect(header.rcode).toBe(0);
    expect(records).toHaveLength(0);
    expect(authorities).toMatchObject([{ type: 6, ttl: 60 }]);
    expect(Buffer.from(bytes).includes('a public name may not lead to a private address')).toBe(true);
  });

  it('is answered with nothing from the cache too, until it leads elsewhere', async () => {
    let address = '192.168.1.1';
    const house = new SmallHouse((asked) => answerTo(asked, [a(address)]));
    await house.ask(query('evil.example'));
    const again = (await house.ask(query('evil.example', 'A', { edns: true }))) as Uint8Array;
    expect(house.asked).toHaveLength(1);
    expect(parse(again).answers).toHaveLength(0);
    expect(Buffer.from(again).includes('private address')).toBe(true);
    address = '1.2.3.4';
    house.now += 61_000;
    expect(parse((await house.ask(query('evil.example'))) as Uint8Array).answers).toMatchObject([{ address }]);
  });

  it('is found behind a CNAME, in an AAAA record, and in the hints of HTTPS and SVCB records', async () => {
    const behind = await answers([
      { type: 'CNAME', domain: 'x.example' },
      { ...a('10.0.0.1'), name: 'x.example' },
    ]);
    expect(behind.answers).toHaveLength(0);
    expect((await answers([{ type: 'AAAA', address: 'fd00::1' }], 'evil.example', 'AAAA')).answers).toHaveLength(0);
    const alpn = [0, 1, 0, 3, 2, 0x68, 0x32];
    const hints = {
      ipv4: [0, 4, 0, 8, 1, 1, 1, 1, 192, 168, 1, 1],
      ipv6: [0, 6, 0, 16, ...octets('fe80::1')],
      good: [0, 4, 0, 4, 1, 1, 1, 1, 0, 6, 0, 16, ...octets('2606:4700::1')],
    };
    for (const type of [64, 65]) {
      for (const [kind, hint] of Object.entries(hints)) {
        const house = new SmallHouse((asked) => rawAnswer(asked, type, [0, 1, 0, ...alpn, ...hint]));
        const answer = parse((await house.ask(query('evil.example', `TYPE${type}`))) as Uint8Array);
        expect(answer.answers.length, `${kind} hint in type ${type}`).toBe(kind === 'good' ? 1 : 0);
      }
    }
  });

  it('is let through where the household says so, and nowhere beside', async () => {
    const inside = [a('192.168.1.9')];
    expect((await answers(inside, '1-2-3.hash.plex.direct')).answers).toHaveLength(1);
    const rebinding = { allow: ['corp.example'] };
    expect((await answers(inside, 'vpn.corp.example', 'A', { rebinding })).answers).toHaveLength(1);
    expect((await answers(inside, 'vpn.mycorp.example', 'A', { rebinding })).answers).toHaveLength(0);
    expect((await answers(inside, 'evil.example', 'A', { rebinding: { on: false } })).answers).toHaveLength(1);
  });

  it('is no public name when the household’s own servers answer for it, or when it has one label', async () => {
    const inside = [a('192.168.1.9')];
    const local = { keepPrivateNames: false };
    expect(
      (await answers(inside, 'nas.office.example', 'A', { conditional: ['office.example'] })).answers,
    ).toHaveLength(1);
    expect((await answers(inside, 'nas.lan', 'A', { local })).answers).toHaveLength(1);
    expect((await answers(inside, 'nas', 'A', { local })).answers).toHaveLength(1);
  });

  it('is judged by where it leads when it is an alias of the household', async () => {
    const records = [
      { name: 'cam.example', type: 'CNAME', value: 'cam.office.example' },
      { name: 'bad.example', type: 'CNAME', value: 'evil.example' },
    ] as const;
    const options = { local: { records }, conditional: ['office.example'] };
    expect((await answers([a('192.168.1.9')], 'cam.example', 'A', options)).answers).toHaveLength(2);
    expect((await answers([a('192.168.1.9')], 'bad.example', 'A', options)).answers).toHaveLength(0);
  });

  it('may be malformed without doing harm', async () => {
    for (const data of [
      [],
      [0, 1],
      [0, 1, 63, 1],
      [0, 1, 0, 0, 4, 0, 200, 192, 168, 1, 1],
      [0, 1, 0, 0, 4, 0, 3, 10, 0, 0],
    ]) {
      const house = new SmallHouse((asked) => rawAnswer(asked, 65, data));
      expect(await house.ask(query('odd.example', 'TYPE65'))).toBeDefined();
    }
  });
});
