import { describe, expect, it } from 'vitest';
import { OwnNetworks } from '../../../../resolver/answering/guard/own-networks.ts';
import { Pressure } from '../../../../resolver/answering/guard/pressure.ts';
import { Standings } from '../../../../resolver/answering/guard/standing.ts';
import { answerTo, parse, query } from '../messages.ts';
import { optionOf } from '../options.ts';
import { type HouseOptions, interfaces, SmallHouse } from '../small-house.ts';

const phone = '192.168.1.7';
const big = Array.from({ length: 60 }, (_, i) => ({ type: 'A', address: `1.2.3.${i}` }));

const houseWith = (guard: HouseOptions['guard'] = {}, others: HouseOptions = {}) =>
  new SmallHouse((asked) => answerTo(asked, [{ type: 'A', address: '1.2.3.4' }]), { guard, ...others });

/** How many of so many questions, asked at the same moment, are answered with records. */
async function answered(house: SmallHouse, count: number, from = phone): Promise<number> {
  let found = 0;
  for (let i = 0; i < count; i++) {
    const answer = await house.ask(query('a.example'), from);
    if (answer && parse(answer).header.rcode === 0) found++;
  }
  return found;
}

describe('who belongs to the house', () => {
  const of = (allow: string[] = []) =>
    new Standings({ allow, own: new OwnNetworks(interfaces, () => new Set(['192.168.1.1'])) }).of;

  it.each([
    ['127.0.0.1', 'machine'],
    ['::1', 'machine'],
    ['192.168.1.1', 'forwarder'],
    ['192.168.77.7', 'own'],
    ['10.9.8.7', 'own'],
    ['172.20.0.1', 'own'],
    ['169.254.3.4', 'own'],
    ['fe80::7', 'own'],
    ['fd12::7', 'own'],
    ['203.0.113.77', 'own'],
    ['::ffff:192.168.1.9', 'own'],
    ['203.0.114.1', 'outside'],
    ['100.64.0.9', 'outside'],
    ['8.8.8.8', 'outside'],
    ['2001:db8::1', 'outside'],
    ['0.0.0.0', 'outside'],
  ])('%s is %s', (address, standing) => {
    expect(of()(address)).toBe(standing);
  });

  it('is also whoever the household names', () => {
    expect(of(['8.8.8.0/24', '2001:db8::/32'])('8.8.8.8')).toBe('own');
    expect(of(['8.8.8.0/24', '2001:db8::/32'])('2001:db8::1')).toBe('own');
    expect(of(['8.8.8.0/24'])('8.8.9.8')).toBe('outside');
  });

  it('changes when this machine moves, and clients are judged anew', () => {
    let prefix = 'fd00';
    const own = new OwnNetworks(() => ({
      eth0: [{ ...interfaces().eth0[1], address: `${prefix}:1::2`, cidr: `${prefix}:1::2/64` }],
    }));
    const judge = new Standings({ allow: [], own }).of;
    expect(judge('2a00:1::9')).toBe('outside');
    prefix = '2a00';
    expect(own.refresh()).toBe(true);
    expect(own.refresh()).toBe(false);
    expect(judge('2a00:1::9')).toBe('own');
  });
});

describe('a stranger from outside', () => {
  it('gets silence over UDP and REFUSED over TCP, and nobody is told of it', async () => {
    const house = houseWith();
    expect(await house.ask(query('a.example'), '8.8.8.8')).toBeUndefined();
    expect(await house.ask(query('localhost'), '8.8.8.8')).toBeUndefined();
    expect(await house.ask(query('a.example').subarray(0, 14), '8.8.8.8')).toBeUndefined();
    const refused = (await house.ask(query('a.example'), '8.8.8.8', 'tcp')) as Uint8Array;
    expect(parse(refused).header.rcode).toBe(5);
    expect(house.asked).toHaveLength(0);
    expect(house.unknown).toHaveLength(0);
  });
});

describe('a device that asks too much', () => {
  it('has its burst, then its rate, and then again its burst', async () => {
    const house = houseWith({ rate: 10, burst: 50 });
    expect(await answered(house, 80)).toBe(50);
    expect(await house.ask(query('a.example'), phone)).toBeUndefined();
    expect(parse((await house.ask(query('a.example'), phone, 'tcp')) as Uint8Array).header.rcode).toBe(5);
    house.now += 1_000;
    expect(await answered(house, 80)).toBe(10);
    house.now += 60_000;
    expect(await answered(house, 80)).toBe(50);
  });

  it('does not take from another', async () => {
    const house = houseWith({ rate: 10, burst: 50 });
    await answered(house, 80);
    expect(await answered(house, 40, '192.168.1.8')).toBe(40);
  });

  it('may ask as a whole network when it is the router, and without limit when it is this machine', async () => {
    const house = houseWith({ rate: 10, burst: 50 });
    expect(await answered(house, 600, '192.168.1.1')).toBe(500);
    expect(await answered(house, 600, '127.0.0.1')).toBe(600);
  });

  it('has its own limit behind a forwarder that says who asks', async () => {
    const house = houseWith({ rate: 10, burst: 50 }, { trusted: ['192.168.1.1/32'] });
    const plain = query('a.example');
    const subnet = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 12, 0, 8, 0, 8, 0, 1, 32, 0, 192, 168, 1, 99];
    const asked = Uint8Array.from([...plain, ...subnet]);
    asked[11] = 1;
    let found = 0;
    for (let i = 0; i < 80; i++) if (await house.ask(asked, '192.168.1.1')) found++;
    expect(found).toBe(50);
    expect(await answered(house, 80, '192.168.1.1')).toBe(80);
  });

  it('waits for so many answers at most; the rest fail at once and the places are given back', async () => {
    const waiting: (() => void)[] = [];
    const house = new SmallHouse(
      (asked) =>
        new Promise((answer) => waiting.push(() => answer(answerTo(asked, [{ type: 'A', address: '1.2.3.4' }])))),
      { guard: { underWay: 5 } },
    );
    const asked = Array.from({ length: 8 }, (_, i) => house.ask(query(`n${i}.example`), phone));
    const failed = await Promise.all(asked.slice(5));
    for (const answer of failed) expect(parse(answer as Uint8Array).header.rcode).toBe(2);
    expect(waiting).toHaveLength(5);
    for (const answer of waiting.splice(0)) answer();
    await Promise.all(asked);
    const again = house.ask(query('again.example'), phone);
    expect(waiting).toHaveLength(1);
    waiting[0]();
    expect(parse((await again) as Uint8Array).answers).toHaveLength(1);
  });
});

describe('answers over UDP', () => {
  const ask = (house: SmallHouse, transport?: 'tcp') =>
    house.ask(query('long.example', 'A', { edns: true }), phone, transport);

  it('to one address that are far more than its questions are to be asked for over TCP, until the next second', async () => {
    const house = new SmallHouse((asked) => answerTo(asked, big));
    let octets = 0;
    let cut = 0;
    for (let i = 0; i < 200; i++) {
      const answer = (await ask(house)) as Uint8Array;
      octets += answer.length;
      if (parse(answer).header.tc) cut++;
    }
    expect(cut).toBeGreaterThan(100);
    expect(octets).toBeLessThan(64 * 1024 + 200 * 100);
    expect(parse((await ask(house, 'tcp')) as Uint8Array).answers).toHaveLength(60);
    house.now += 1_000;
    expect(parse((await ask(house)) as Uint8Array).answers).toHaveLength(60);
  });

  it('of the usual size are never cut, however many', async () => {
    const house = houseWith({ rate: 1e6, burst: 1e6 });
    for (let i = 0; i < 3_000; i++) {
      expect(((await house.ask(query('a.example'), phone)) as Uint8Array)[2] & 2).toBe(0);
    }
  });
});

describe('overload', () => {
  const press = (pressure: Pressure, late: number) => {
    for (let i = 0; i < 3; i++) pressure.measure(late, 0);
  };

  it('is what lasts: a single stall is none, and calm ends it at once', () => {
    const pressure = new Pressure();
    pressure.measure(5_000, 0);
    pressure.measure(0, 0);
    pressure.measure(5_000, 0);
    expect(pressure.level).toBe(0);
    press(pressure, 120);
    expect(pressure.level).toBe(1);
    press(pressure, 250);
    expect(pressure.level).toBe(2);
    press(pressure, 900);
    expect(pressure.level).toBe(3);
    pressure.measure(0, 0);
    expect(pressure.level).toBe(0);
  });

  it('is also when most of the places for questions are taken', () => {
    const pressure = new Pressure();
    for (const [share, level] of [
      [0.4, 0],
      [0.5, 1],
      [0.7, 2],
      [0.95, 3],
    ]) {
      for (let i = 0; i < 3; i++) pressure.measure(0, share);
      expect(pressure.level).toBe(level);
    }
  });

  it('sheds the record first and counts what is lost, then questions for upstreams; what is known is answered', async () => {
    const house = houseWith();
    await house.ask(query('known.example'));
    press(house.guard.pressure, 150);
    await house.ask(query('mistat.example'));
    expect(house.ring.lost).toBe(1);
    expect(house.attempts()).toHaveLength(0);
    expect(parse((await house.ask(query('new.example'))) as Uint8Array).answers).toHaveLength(1);
    press(house.guard.pressure, 900);
    const newer = (await house.ask(query('newer.example', 'A', { edns: true }))) as Uint8Array;
    expect(parse(newer).header.rcode).toBe(2);
    expect(optionOf(newer, 15)?.subarray(0, 2)).toEqual(Uint8Array.of(0, 14));
    expect(parse((await house.ask(query('mistat.example'))) as Uint8Array).answers).toMatchObject([
      { address: '0.0.0.0' },
    ]);
    expect(parse((await house.ask(query('known.example'))) as Uint8Array).answers).toHaveLength(1);
  });
});

it('questions for what is no record type are turned down', async () => {
  const house = houseWith();
  const code = async (type: string) => parse((await house.ask(query('a.example', type))) as Uint8Array).header.rcode;
  expect(await code('TYPE41')).toBe(1);
  expect(await code('TYPE250')).toBe(4);
  expect(await code('TYPE254')).toBe(4);
  expect(await code('TYPE257')).toBe(0);
  expect(await code('TYPE65280')).toBe(0);
});
