import { describe, expect, it } from 'vitest';
import { answerTo, parse, query } from '../messages.ts';
import { type HouseOptions, SmallHouse } from '../small-house.ts';

const nxdomain = 3;

/** What a phone gets, and what was asked outside for it. */
async function ask(house: SmallHouse, name: string, type = 'A', from?: string) {
  const answer = await house.ask(query(name, type), from);
  if (!answer) throw new Error(`${name} was met with silence`);
  const { header, answers, authorities } = parse(answer);
  const values = answers.map((record) => record.address ?? record.domain ?? record.data ?? record.target);
  return { bytes: answer, code: header.rcode, answers, values, authorities, outside: house.asked.length };
}

function houseWith(local: HouseOptions['local'], others: Omit<HouseOptions, 'local'> = {}): SmallHouse {
  return new SmallHouse((asked) => answerTo(asked, [{ type: 'A', address: '1.2.3.4' }]), { local, ...others });
}

describe('the records of a household', () => {
  const house = houseWith({
    records: [
      { name: 'NAS.home.arpa.', type: 'A', value: '192.168.1.20', ttl: 77 },
      { name: 'nas.home.arpa', type: 'A', value: '192.168.1.21' },
      { name: 'nas.home.arpa', type: 'AAAA', value: 'fd00::20' },
      { name: 'nas.home.arpa', type: 'TXT', value: 'x'.repeat(300) },
      { name: '_sip._udp.home.arpa', type: 'SRV', value: '0 5 5060 nas.home.arpa' },
      { name: '*.dev.example.com', type: 'A', value: '192.168.1.30' },
      { name: '7.1.168.192.in-addr.arpa', type: 'PTR', value: 'poco.home.arpa' },
      { name: 'bücher.example', type: 'AAAA', value: '::ffff:192.168.1.5' },
    ],
  });

  it('are answered in the spelling that was asked, with their own TTL', async () => {
    const { answers, outside } = await ask(house, 'nAs.Home.arpa');
    expect(answers).toMatchObject([
      { name: 'nAs.Home.arpa', address: '192.168.1.20', ttl: 77 },
      { name: 'nAs.Home.arpa', address: '192.168.1.21', ttl: 300 },
    ]);
    expect(outside).toBe(0);
  });

  it('are of every type that a household needs', async () => {
    expect((await ask(house, 'nas.home.arpa', 'AAAA')).values).toEqual(['fd00::20']);
    expect((await ask(house, 'nas.home.arpa', 'TXT')).answers).toMatchObject([
      { data: ['x'.repeat(255), 'x'.repeat(45)] },
    ]);
    expect((await ask(house, '_sip._udp.home.arpa', 'SRV')).answers).toMatchObject([
      { priority: 0, weight: 5, port: 5060, target: 'nas.home.arpa' },
    ]);
    expect((await ask(house, '7.1.168.192.in-addr.arpa', 'PTR')).values).toEqual(['poco.home.arpa']);
    const mapped = await ask(house, 'xn--bcher-kva.example', 'AAAA');
    expect([...mapped.bytes.subarray(-16)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 168, 1, 5]);
  });

  it('leave nothing to the outside: other types of their names are empty and cacheable', async () => {
    const https = await ask(house, 'nas.home.arpa', 'TYPE65');
    expect(https).toMatchObject({ code: 0, values: [], authorities: [{ type: 6 }], outside: 0 });
  });

  it('below a wildcard are those of any name there, however deep, and not of the domain itself', async () => {
    expect((await ask(house, 'a.dev.example.com')).values).toEqual(['192.168.1.30']);
    expect((await ask(house, 'a.b.dev.example.com')).answers[0].name).toBe('a.b.dev.example.com');
    expect((await ask(house, 'dev.example.com')).values).toEqual(['1.2.3.4']);
    expect((await ask(house, 'xdev.example.com')).values).toEqual(['1.2.3.4']);
  });

  it('make addresses findable backwards, but only those that have one name', async () => {
    expect((await ask(house, '20.1.168.192.in-addr.arpa', 'PTR')).values).toEqual(['nas.home.arpa']);
    expect((await ask(house, '30.1.168.192.in-addr.arpa', 'PTR')).code).toBe(nxdomain);
    const nibbles = `0.2.${'0.'.repeat(26)}0.0.d.f.ip6.arpa`;
    expect((await ask(house, nibbles, 'PTR')).values).toEqual(['nas.home.arpa']);
  });

  it('that lie deep make the names between them and the zone empty, not missing', async () => {
    expect(await ask(house, '_udp.home.arpa')).toMatchObject({ code: 0, values: [] });
    expect(await ask(house, 'other.home.arpa')).toMatchObject({ code: nxdomain });
  });

  it('that can not be used are named in a sentence, and the others hold', async () => {
    const faulty = houseWith({
      records: [
        { name: 'a.home.arpa', type: 'A', value: '192.168.1.999' },
        { name: 'b..arpa', type: 'A', value: '192.168.1.1' },
        { name: 'c.home.arpa', type: 'SRV', value: '1 2 99999 x.home.arpa' },
        { name: 'd.home.arpa', type: 'CNAME', value: 'e.home.arpa' },
        { name: 'd.home.arpa', type: 'A', value: '192.168.1.4' },
        { name: 'f.home.arpa', type: 'TXT', value: 'x'.repeat(5000) },
        { name: 'g.home.arpa', type: 'A', value: '192.168.1.7' },
      ],
    });
    expect(faulty.said).toHaveLength(5);
    expect(faulty.said.join()).toContain('"192.168.1.999" is no IPv4 address like "192.168.1.20"');
    expect(faulty.said.join()).toContain("d.home.arpa can't be an alias (CNAME) and have other records");
    expect((await ask(faulty, 'g.home.arpa')).values).toEqual(['192.168.1.7']);
  });

  it('that are too many for an answer do not run over its end', async () => {
    const value = (i: number) => `192.168.${i >> 8}.${i & 255}`;
    const many = houseWith({
      records: Array.from({ length: 600 }, (_, i) => ({ name: 'all.home.arpa', type: 'A', value: value(i) }) as const),
    });
    const answer = (await many.ask(query('all.home.arpa'), '192.168.1.7', 'tcp')) as Uint8Array;
    expect(answer.length).toBeLessThanOrEqual(4096);
    expect(parse(answer).answers.length).toBeGreaterThan(200);
  });
});

describe('an alias', () => {
  it('of a name in the house is answered with both, through others if need be', async () => {
    const house = houseWith({
      records: [
        { name: 'media.home.arpa', type: 'CNAME', value: 'box.home.arpa' },
        { name: 'box.home.arpa', type: 'CNAME', value: 'nas.home.arpa' },
        { name: 'nas.home.arpa', type: 'A', value: '192.168.1.20' },
        { name: 'me.home.arpa', type: 'CNAME', value: 'quell.home.arpa' },
      ],
    });
    const { answers, outside } = await ask(house, 'media.home.arpa');
    expect(answers).toMatchObject([
      { name: 'media.home.arpa', type: 5, domain: 'box.home.arpa' },
      { name: 'box.home.arpa', type: 5, domain: 'nas.home.arpa' },
      { name: 'nas.home.arpa', type: 1, address: '192.168.1.20' },
    ]);
    expect((await ask(house, 'media.home.arpa', 'CNAME')).values).toEqual(['box.home.arpa']);
    expect((await ask(house, 'me.home.arpa')).values).toEqual(['quell.home.arpa', '192.168.1.2']);
    expect(outside).toBe(0);
  });

  const outside = () =>
    new SmallHouse(
      (asked) => {
        const [{ name, type }] = parse(asked).questions;
        if (type === 15) return answerTo(asked, [{ type: 'MX', priority: 5, exchange: `mail.${name}` }]);
        return answerTo(
          asked,
          [
            { type: 'CNAME', domain: `edge.${name}`, ttl: 50 },
            { name: `edge.${name}`, type: 'A', address: '5.6.7.8', ttl: 40 },
          ],
          [{ name: 'real.example', type: 'NS', ns: 'ns.real.example' }],
        );
      },
      {
        names: { 'mistat.example': 'system-usage' },
        local: {
          records: [
            { name: 'shop.example', type: 'CNAME', value: 'www.real.example', ttl: 30 },
            { name: '*.cdn.example', type: 'CNAME', value: 'www.real.example' },
            { name: 'spy.example', type: 'CNAME', value: 'data.mistat.example' },
            { name: 'x.mistat.example', type: 'CNAME', value: 'www.real.example' },
          ],
        },
      },
    );

  it('of a name outside is asked for by that name, and comes with addresses', async () => {
    const house = outside();
    const { answers, authorities } = await ask(house, 'Shop.example');
    expect(parse(house.asked[0]).questions[0].name).toBe('www.real.example');
    expect(answers).toMatchObject([
      { name: 'Shop.example', domain: 'www.real.example', ttl: 30 },
      { name: 'www.real.example', domain: 'edge.www.real.example', ttl: 50 },
      { name: 'edge.www.real.example', address: '5.6.7.8', ttl: 40 },
    ]);
    expect(authorities).toMatchObject([{ name: 'real.example', ns: 'ns.real.example' }]);
    expect((await ask(house, 'shop.example', 'CNAME')).values).toEqual(['www.real.example']);
    expect((await ask(house, 'shop.example', 'MX')).answers[1]).toMatchObject({ exchange: 'mail.www.real.example' });
  });

  it('of a name outside is kept like any answer, also below a wildcard', async () => {
    const house = outside();
    for (let i = 0; i < 3; i++) {
      expect((await ask(house, 'a.cdn.example')).values).toEqual([
        'www.real.example',
        'edge.www.real.example',
        '5.6.7.8',
      ]);
    }
    expect(house.asked).toHaveLength(1);
  });

  it('is the household’s own word for the name, but policy is asked where it leads', async () => {
    const house = outside();
    expect((await ask(house, 'x.mistat.example')).values).toContain('5.6.7.8');
    expect((await ask(house, 'x.mistat.example')).values).toContain('5.6.7.8');
    expect((await ask(house, 'spy.example')).values).toEqual(['0.0.0.0']);
  });

  it('that leads back to itself is left out and named', async () => {
    const house = houseWith({
      records: [
        { name: 'a.example', type: 'CNAME', value: 'b.example' },
        { name: 'b.example', type: 'CNAME', value: 'a.example' },
      ],
    });
    expect(house.said).toContain('a.example is an alias that leads back to itself; it is left out.');
    expect((await ask(house, 'a.example')).values).toEqual(['1.2.3.4']);
  });
});

describe('our own name', () => {
  it('has the addresses of the network that the phone is in', async () => {
    const house = houseWith({});
    expect((await ask(house, 'quell.home.arpa', 'A', '192.168.1.7')).values).toEqual(['192.168.1.2']);
    expect((await ask(house, 'quell.home.arpa', 'AAAA', '192.168.1.7')).values).toEqual(['fd00::2']);
    expect((await ask(house, 'quell.home.arpa', 'A', 'fd00::77')).values).toEqual(['192.168.1.2']);
    expect((await ask(house, 'quell.home.arpa', 'A', '172.17.0.5')).values).toEqual(['172.17.0.1']);
    expect(await ask(house, 'quell.home.arpa', 'TXT')).toMatchObject({ code: 0, values: [], outside: 0 });
  });

  it('stays ours where the router answers for the rest of the domain', async () => {
    const house = houseWith({}, { conditional: ['home.arpa'] });
    expect((await ask(house, 'quell.home.arpa')).values).toEqual(['192.168.1.2']);
    expect((await ask(house, 'printer.home.arpa')).values).toEqual(['1.2.3.4']);
  });
});

describe('special-use names', () => {
  it('that nobody has are denied without asking outside', async () => {
    const house = houseWith({});
    const names = [
      'x.test',
      'invalid',
      'printer.local',
      'abc.onion',
      'nas.lan',
      'other.home.arpa',
      '1.0.0.10.in-addr.arpa',
    ];
    for (const name of names) {
      expect(await ask(house, name)).toMatchObject({
        code: nxdomain,
        values: [],
        authorities: [{ type: 6 }],
        outside: 0,
      });
    }
  });

  it('localhost is this machine, whoever asks', async () => {
    const house = houseWith({});
    expect((await ask(house, 'localhost')).values).toEqual(['127.0.0.1']);
    expect((await ask(house, 'a.localhost', 'AAAA')).values).toEqual(['::1']);
    expect(await ask(house, 'localhost', 'MX')).toMatchObject({ code: 0, values: [] });
  });

  it('that only look alike are asked outside', async () => {
    const house = houseWith({});
    for (const name of [
      'test.example',
      'mylocal',
      'www.example',
      '1.0.0.11.in-addr.arpa',
      '1.15.172.in-addr.arpa',
      'lan.com',
    ]) {
      expect((await ask(house, name)).values).toEqual(['1.2.3.4']);
    }
  });

  it('leave the DS record of a delegated zone to its parent, for those who validate', async () => {
    const house = houseWith({});
    expect((await ask(house, 'home.arpa', 'TYPE43')).outside).toBe(1);
    expect(await ask(house, 'home.arpa', 'TYPE6')).toMatchObject({ code: 0, outside: 1 });
    expect(await ask(house, 'test', 'TYPE43')).toMatchObject({ code: nxdomain, outside: 1 });
  });

  it('go to the servers that the household has for them', async () => {
    const house = houseWith({}, { conditional: ['lan', '168.192.in-addr.arpa'] });
    expect((await ask(house, 'nas.lan')).values).toEqual(['1.2.3.4']);
    expect((await ask(house, '5.1.168.192.in-addr.arpa', 'PTR')).outside).toBe(2);
    expect((await ask(house, '5.0.0.10.in-addr.arpa', 'PTR')).code).toBe(nxdomain);
  });

  it('of households are asked upstream where the upstream is the router', async () => {
    const house = houseWith({ keepPrivateNames: false });
    expect((await ask(house, 'nas.lan')).values).toEqual(['1.2.3.4']);
    expect((await ask(house, 'x.test')).code).toBe(nxdomain);
  });

  it('tell Firefox and iPhones that the house resolves for itself', async () => {
    const house = houseWith({});
    for (const name of ['use-application-dns.net', 'mask.icloud.com', 'mask-h2.icloud.com']) {
      for (const type of ['A', 'AAAA', 'TYPE65']) {
        expect(await ask(house, name, type)).toMatchObject({ code: nxdomain, outside: 0 });
      }
    }
    expect((await ask(houseWith({ blockPrivateRelay: false }), 'mask.icloud.com')).values).toEqual(['1.2.3.4']);
  });

  it('ANY gets one small record that nobody can amplify with', async () => {
    const house = houseWith({});
    const { bytes, answers, outside } = await ask(house, 'example.com', 'ANY');
    expect(answers).toMatchObject([{ type: 13 }]);
    expect(Buffer.from(bytes).includes('RFC8482')).toBe(true);
    expect(bytes.length).toBeLessThan(3 * query('example.com').length);
    expect(outside).toBe(0);
  });
});

describe('_dns.resolver.arpa', () => {
  it('is empty while nothing encrypted is served', async () => {
    expect(await ask(houseWith({}), '_dns.resolver.arpa', 'TYPE64')).toMatchObject({ code: 0, values: [], outside: 0 });
  });

  it('names our encrypted listeners, with the addresses that the phone reaches them at', async () => {
    const house = houseWith({
      designated: { name: 'dns.casa.example', tlsPort: 853, https: { port: 8443, path: '/dns-query' } },
    });
    const { bytes, answers } = await ask(house, '_dns.resolver.arpa', 'TYPE64');
    expect(answers).toHaveLength(2);
    const name = [3, ...Buffer.from('dns'), 4, ...Buffer.from('casa'), 7, ...Buffer.from('example'), 0];
    const hints = [0, 4, 0, 4, 192, 168, 1, 2, 0, 6, 0, 16, 0xfd, ...new Array(14).fill(0), 2];
    const tls = [0, 1, ...name, 0, 1, 0, 4, 3, ...Buffer.from('dot'), 0, 3, 0, 2, 3, 85, ...hints];
    const alpn = [2, ...Buffer.from('h2'), 8, ...Buffer.from('http/1.1')];
    const path = Buffer.from('/dns-query{?dns}');
    const https = [
      0,
      2,
      ...name,
      0,
      1,
      0,
      alpn.length,
      ...alpn,
      0,
      3,
      0,
      2,
      32,
      251,
      ...hints,
      0,
      7,
      0,
      path.length,
      ...path,
    ];
    expect(Buffer.from(bytes).includes(Uint8Array.from(tls))).toBe(true);
    expect(Buffer.from(bytes).includes(Uint8Array.from(https))).toBe(true);
    expect((await ask(house, 'dns.casa.example')).values).toEqual(['192.168.1.2']);
    expect(await ask(house, 'other.resolver.arpa')).toMatchObject({ code: nxdomain });
  });
});

it('zone transfers and the version of this resolver are refused', async () => {
  const house = houseWith({});
  expect((await ask(house, 'home.arpa', 'AXFR')).code).toBe(5);
  expect((await ask(house, 'home.arpa', 'TYPE251')).code).toBe(5);
  const version = query('version.bind', 'TXT');
  version[version.length - 1] = 3;
  expect(parse((await house.ask(version)) as Uint8Array).header.rcode).toBe(5);
});
