import { describe, expect, it } from 'vitest';
import { answerTo, parse, query } from './messages.ts';
import { SmallHouse } from './small-house.ts';

const address = (ip: string, ttl = 60) => ({ type: 'A', address: ip, ttl });
const always = (ip: string, ttl?: number) => (asked: Uint8Array) => answerTo(asked, [address(ip, ttl)]);

function errorOption(message: Uint8Array): { code: number; text: string } | undefined {
  const view = new DataView(message.buffer, message.byteOffset);
  const isError = (at: number) => view.getUint16(at) === 15 && at + 4 + view.getUint16(at + 2) === message.length;
  const at = Array.from(message.keys()).findIndex(
    (start) => start > 11 && start + 6 <= message.length && isError(start),
  );
  if (at < 0) return undefined;
  return { code: view.getUint16(at + 4), text: Buffer.from(message.subarray(at + 6)).toString() };
}

describe('a blocked name', () => {
  it('is answered with the null address, briefly, in the spelling that was asked', async () => {
    const house = new SmallHouse(always('1.1.1.1'));
    const answer = parse((await house.ask(query('Data.MiStat.example'))) as Uint8Array);
    expect(answer.header).toMatchObject({ id: 0x1234, qr: 1, ra: 1, rd: 1, rcode: 0 });
    expect(answer.questions[0].name).toBe('Data.MiStat.example');
    expect(answer.answers).toMatchObject([{ name: 'Data.MiStat.example', address: '0.0.0.0', ttl: 10 }]);
    expect(house.asked).toHaveLength(0);
  });

  it('says why to a client that speaks EDNS, and only to such', async () => {
    const house = new SmallHouse(always('1.1.1.1'));
    const plain = (await house.ask(query('data.mistat.example'))) as Uint8Array;
    expect(errorOption(plain)).toBeUndefined();
    const edns = (await house.ask(query('data.mistat.example', 'A', { edns: true }))) as Uint8Array;
    expect(errorOption(edns)).toMatchObject({ code: 15, text: expect.stringContaining('system-usage') });
  });

  it('has no address of the other family and no HTTPS record: NODATA that can be cached', async () => {
    const house = new SmallHouse(always('1.1.1.1'));
    for (const type of ['TYPE65', 'TXT', 'MX']) {
      const answer = parse((await house.ask(query('data.mistat.example', type))) as Uint8Array);
      expect(answer.header.rcode).toBe(0);
      expect(answer.answers).toHaveLength(0);
      expect(answer.authorities).toMatchObject([{ type: 6, ttl: 10, minimum: 10 }]);
    }
    const aaaa = parse((await house.ask(query('data.mistat.example', 'AAAA'))) as Uint8Array);
    expect(aaaa.answers).toHaveLength(1);
  });

  it('is answered in the way the household chose', async () => {
    const settings = { defaultPreset: 'balanced', blockTtl: 7 } as const;
    const house = new SmallHouse(always('1.1.1.1'), { snapshot: { settings: { ...settings, blockMode: 'nxdomain' } } });
    const nxdomain = parse((await house.ask(query('mistat.example'))) as Uint8Array);
    expect(nxdomain.header.rcode).toBe(3);
    expect(nxdomain.authorities).toMatchObject([{ type: 6, ttl: 7 }]);
    house.decide({ settings: { ...settings, blockMode: 'refused' } });
    expect(parse((await house.ask(query('mistat.example'))) as Uint8Array).header.rcode).toBe(5);
    house.decide({ settings: { ...settings, blockMode: 'sinkhole', sinkhole: { ipv4: '192.168.1.2' } } });
    expect(parse((await house.ask(query('mistat.example'))) as Uint8Array).answers).toMatchObject([
      { address: '192.168.1.2' },
    ]);
    expect(parse((await house.ask(query('mistat.example', 'AAAA'))) as Uint8Array).answers).toHaveLength(0);
  });

  it('may be reached through no alias', async () => {
    const cloak = (asked: Uint8Array) =>
      answerTo(asked, [
        { type: 'CNAME', domain: 'data.mistat.example' },
        { ...address('1.2.3.4'), name: 'data.mistat.example' },
      ]);
    const house = new SmallHouse(cloak);
    for (const round of ['forwarded', 'cached']) {
      const answer = parse((await house.ask(query('innocent.example'))) as Uint8Array);
      expect(answer.answers, round).toMatchObject([{ address: '0.0.0.0' }]);
    }
    expect(house.attempts()).toMatchObject([
      { domain: 'innocent.example', outcome: 'blocked' },
      { outcome: 'blocked' },
    ]);
  });
});

describe('a change of mind', () => {
  it('holds for the next question, for cached names too, for that device only', async () => {
    const house = new SmallHouse(always('1.2.3.4'));
    house.know({
      addresses: [
        ['192.168.1.7', 'redmi'],
        ['192.168.1.8', 'poco'],
      ],
    });
    const ip = async (from: string) => {
      const { answers } = parse((await house.ask(query('mistat.example'), from)) as Uint8Array);
      return (answers[0] as unknown as { address: string }).address;
    };
    const redmi = { id: 'redmi', groups: [], recording: 'attempts' } as const;
    expect(await ip('192.168.1.7')).toBe('0.0.0.0');
    house.decide({ devices: [{ ...redmi, purposes: { 'system-usage': { action: 'allow' } } }] });
    expect(await ip('192.168.1.7')).toBe('1.2.3.4');
    expect(await ip('192.168.1.8')).toBe('0.0.0.0');
    house.decide({ devices: [{ ...redmi, purposes: {} }] });
    expect(await ip('192.168.1.7')).toBe('0.0.0.0');
    expect(house.attempts().map(({ device, outcome }) => `${device} ${outcome}`)).toEqual([
      'redmi blocked',
      'redmi forwarded',
      'poco blocked',
      'redmi blocked',
    ]);
  });

  it('reaches a question that is already on its way', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const house = new SmallHouse(async (asked) => {
      await gate;
      return answerTo(asked, [address('1.2.3.4')]);
    });
    const pending = house.ask(query('later.example'));
    const rule = {
      id: 'r1',
      scope: { kind: 'everyone' },
      target: { kind: 'domain', value: 'later.example' },
      action: 'block',
      createdAt: 0,
    } as const;
    house.decide({ rules: [rule] });
    release();
    expect(parse((await pending) as Uint8Array).answers).toMatchObject([{ address: '0.0.0.0' }]);
  });
});

describe('other names', () => {
  it('are asked upstream once, and come from the cache with their TTL aged', async () => {
    const house = new SmallHouse(always('1.2.3.4', 60));
    await house.ask(query('good.example'));
    house.now += 25_000;
    const answer = parse((await house.ask(query('GOOD.example', 'A', { id: 7 }))) as Uint8Array);
    expect(answer.header.id).toBe(7);
    expect(answer.answers).toMatchObject([{ name: 'GOOD.example', address: '1.2.3.4', ttl: 35 }]);
    expect(house.asked).toHaveLength(1);
    house.now += 36_000;
    await house.ask(query('good.example'));
    expect(house.asked).toHaveLength(2);
    expect(house.attempts()).toHaveLength(0);
  });

  it('share one query while it is under way', async () => {
    const house = new SmallHouse(always('1.2.3.4'));
    const answers = await Promise.all([1, 2, 3].map((id) => house.ask(query('good.example', 'A', { id }))));
    expect(house.asked).toHaveLength(1);
    expect(answers.map((answer) => parse(answer as Uint8Array).header.id)).toEqual([1, 2, 3]);
  });

  describe('that were asked often', () => {
    async function worn(times: number) {
      const answers = ['1.2.3.4', '5.6.7.8'];
      const house = new SmallHouse((asked) => always(answers[house.asked.length - 1], 100)(asked));
      const ask = async () => parse((await house.ask(query('often.example'))) as Uint8Array).answers[0];
      for (let i = 0; i < times; i++) await ask();
      house.now += 91_000;
      return { house, ask };
    }

    it('are asked for again before they expire, once, and nobody waits for it', async () => {
      const { house, ask } = await worn(4);
      expect(await Promise.all([ask(), ask()])).toMatchObject([{ address: '1.2.3.4', ttl: 9 }, { address: '1.2.3.4' }]);
      expect(await ask()).toMatchObject({ address: '5.6.7.8', ttl: 100 });
      expect(house.asked).toHaveLength(2);
    });

    it('are not where they were asked seldom, before that, or under pressure', async () => {
      const seldom = await worn(2);
      await seldom.ask();
      const early = await worn(4);
      early.house.now -= 10_000;
      await early.ask();
      const busy = await worn(4);
      busy.house.guard.pressure.level = 2;
      await busy.ask();
      for (const { house } of [seldom, early, busy]) expect(house.asked).toHaveLength(1);
    });
  });

  it('go upstream without anything that tells who asks', async () => {
    const house = new SmallHouse(always('1.2.3.4'));
    const asked = query('good.example');
    const subnet = [0, 8, 0, 8, 0, 1, 32, 0, 192, 168, 1, 7];
    const mac = [0xfd, 0xe9, 0, 6, 1, 2, 3, 4, 5, 6];
    const opt = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, subnet.length + mac.length, ...subnet, ...mac];
    const withOptions = Uint8Array.from([...asked.slice(0, 11), 1, ...asked.slice(12), ...opt]);
    await house.ask(withOptions);
    expect(Buffer.from(house.asked[0]).includes(Buffer.from(subnet.slice(4)))).toBe(false);
    expect(Buffer.from(house.asked[0]).includes(Buffer.from(mac.slice(4)))).toBe(false);
    expect(house.asked[0].slice(-11)).toEqual(Uint8Array.from([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]));
  });

  it('that do not exist stay so for as long as the SOA says', async () => {
    const soa = {
      type: 'SOA',
      name: 'example',
      primary: 'a.example',
      admin: 'b.example',
      serial: 1,
      refresh: 1,
      retry: 1,
      expiration: 1,
      minimum: 30,
      ttl: 900,
    };
    const house = new SmallHouse((asked) => answerTo(asked, [], [soa], 3));
    expect(parse((await house.ask(query('no.example'))) as Uint8Array).header.rcode).toBe(3);
    house.now += 29_000;
    await house.ask(query('no.example'));
    expect(house.asked).toHaveLength(1);
    house.now += 2_000;
    await house.ask(query('no.example'));
    expect(house.asked).toHaveLength(2);
  });

  it('pass through with record types that nobody here knows', async () => {
    const bytes = [1, 2, 3, 250];
    const house = new SmallHouse((asked) => {
      const head = Uint8Array.from(asked.slice(0, asked.length - 11));
      head.set([0x81, 0x80], 2);
      head.set([0, 1, 0, 0, 0, 0], 6);
      return Uint8Array.from([...head, 0xc0, 12, 0xff, 0x01, 0, 1, 0, 0, 0, 60, 0, 4, ...bytes]);
    });
    const answer = (await house.ask(query('odd.example', 'TYPE65281'))) as Uint8Array;
    expect([...answer.slice(-16)]).toEqual([0xc0, 12, 0xff, 0x01, 0, 1, 0, 0, 0, 60, 0, 4, ...bytes]);
  });

  it('that are too long for the client come with TC over UDP, whole over TCP', async () => {
    const many = Array.from({ length: 60 }, (_, i) => address(`192.0.0.${i}`));
    const house = new SmallHouse((asked) => answerTo(asked, many));
    const udp = parse((await house.ask(query('long.example'))) as Uint8Array);
    expect(udp.header.tc).toBe(1);
    expect(udp.answers).toHaveLength(0);
    const tcp = parse((await house.ask(query('long.example'), '192.168.1.7', 'tcp')) as Uint8Array);
    expect(tcp.answers).toHaveLength(60);
  });
});

describe('without upstream', () => {
  it('an expired answer serves, marked as stale, and the failure is remembered for a moment', async () => {
    let up = true;
    const house = new SmallHouse((asked) => {
      if (!up) throw new Error('down');
      return answerTo(asked, [address('1.2.3.4', 60)]);
    });
    await house.ask(query('good.example'));
    up = false;
    house.now += 3600_000;
    const stale = (await house.ask(query('good.example', 'A', { edns: true }))) as Uint8Array;
    expect(parse(stale).answers).toMatchObject([{ address: '1.2.3.4', ttl: 30 }]);
    expect(errorOption(stale)).toMatchObject({ code: 3 });
    await house.ask(query('good.example'));
    expect(house.asked).toHaveLength(2);
    house.now += 3_000;
    up = true;
    const fresh = parse((await house.ask(query('good.example'))) as Uint8Array);
    expect(fresh.answers).toMatchObject([{ ttl: 60 }]);
  });

  it('an unknown name fails with SERVFAIL', async () => {
    const house = new SmallHouse(() => Promise.reject(new Error('down')));
    const answer = (await house.ask(query('new.example', 'A', { edns: true }))) as Uint8Array;
    expect(parse(answer).header.rcode).toBe(2);
    expect(errorOption(answer)).toMatchObject({ code: 23 });
  });
});

describe('messages that are none', () => {
  const ask = (bytes: number[]) => new SmallHouse(always('1.1.1.1')).ask(Uint8Array.from(bytes));
  const good = [...query('good.example')];

  it('are met with silence when they are answers, or too short to answer', async () => {
    expect(await ask(good.slice(0, 11))).toBeUndefined();
    expect(await ask([])).toBeUndefined();
    expect(await ask(good.with(2, 0x81))).toBeUndefined();
  });

  it.each([
    ['an unknown opcode', good.with(2, 0x29), 4],
    ['no question', good.with(5, 0), 1],
    ['two questions', good.with(5, 2), 1],
    ['a name that points at itself', [...good.slice(0, 12), 0xc0, 12, 0, 1, 0, 1], 1],
    ['a name without end', [...good.slice(0, 12), 63], 1],
    ['a record that is not there', good.with(11, 1), 1],
    [
      'two OPT records',
      [...good.with(11, 2), ...[0, 0, 41, 2, 0, 0, 0, 0, 0, 0, 0], ...[0, 0, 41, 2, 0, 0, 0, 0, 0, 0, 0]],
      1,
    ],
    ['another class', [...good.slice(0, -1), 3], 5],
  ])('get an rcode for %s', async (_, bytes, code) => {
    const answer = (await ask(bytes)) as Uint8Array;
    expect(answer[3] & 15).toBe(code);
    expect(answer[2] & 0x80).toBe(0x80);
    expect([answer[0], answer[1]]).toEqual([0x12, 0x34]);
  });

  it('get BADVERS for an EDNS version that is not out yet', async () => {
    const answer = (await ask([...good.with(11, 1), 0, 0, 41, 4, 208, 0, 1, 0, 0, 0, 0])) as Uint8Array;
    expect(answer[3] & 15).toBe(0);
    expect(answer[answer.length - 6]).toBe(1);
  });
});

describe('who asks', () => {
  const macOption = (asked: Uint8Array) =>
    Uint8Array.from([
      ...asked.slice(0, 11),
      1,
      ...asked.slice(12),
      0,
      0,
      41,
      4,
      208,
      0,
      0,
      0,
      0,
      0,
      10,
      0xfd,
      0xe9,
      0,
      6,
      2,
      0,
      0,
      0,
      0,
      1,
    ]);
  const redmi = {
    id: 'redmi',
    groups: [],
    recording: 'attempts',
    purposes: { 'system-usage': { action: 'allow' } },
  } as const;

  it('is believed of a forwarder that is trusted, and of nobody else', async () => {
    const house = new SmallHouse(always('1.2.3.4'), { snapshot: { devices: [redmi] }, trusted: ['192.168.1.1/32'] });
    house.know({ macs: [['02:00:00:00:00:01', 'redmi']] });
    const asked = macOption(query('mistat.example'));
    expect(parse((await house.ask(asked, '192.168.1.1')) as Uint8Array).answers).toMatchObject([
      { address: '1.2.3.4' },
    ]);
    expect(parse((await house.ask(asked, '192.168.1.9')) as Uint8Array).answers).toMatchObject([
      { address: '0.0.0.0' },
    ]);
  });

  it('is noted once when nobody knows it, and again after the table changed', async () => {
    const house = new SmallHouse(always('1.2.3.4'));
    for (let i = 0; i < 3; i++) await house.ask(query('a.example'), '192.168.1.20');
    expect(house.unknown).toEqual([{ address: '192.168.1.20' }]);
    house.know({ addresses: [['192.168.1.20', 'redmi']] });
    await house.ask(query('a.example'), '192.168.1.20');
    expect(house.unknown).toHaveLength(1);
    house.know({});
    await house.ask(query('a.example'), '192.168.1.20');
    expect(house.unknown).toHaveLength(2);
  });

  it('is this machine only once it asks for what the house does not know itself', async () => {
    const house = new SmallHouse(always('1.2.3.4'));
    await house.ask(query('localhost'), '127.0.0.1');
    expect(house.unknown).toEqual([]);
    for (let i = 0; i < 3; i++) await house.ask(query('a.example'), '127.0.0.1');
    expect(house.unknown).toEqual([{ address: '127.0.0.1' }]);
  });
});

describe('a fault of our own', () => {
  it('costs one answer, at once or late, and nothing else', async () => {
    const house = new SmallHouse(always('1.2.3.4'));
    house.wallClockFails = true;
    expect(parse((await house.ask(query('good.example'))) as Uint8Array).header.rcode).toBe(2);
    house.wallClockFails = false;
    const pending = house.ask(query('late.example'));
    house.wallClockFails = true;
    await Promise.race([pending, new Promise((resolve) => setImmediate(resolve))]);
    house.wallClockFails = false;
    expect(house.faults).toHaveLength(2);
    expect(parse((await house.ask(query('good.example'))) as Uint8Array).header.rcode).toBe(0);
  });
});
