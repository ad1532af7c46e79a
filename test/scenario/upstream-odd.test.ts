import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnswerRecord, answerTo } from '../resolver/answering/messages.ts';
import {
  type Asked,
  answerOf,
  type Behaviour,
  honestly,
  OddUpstream,
  recordOf,
  truth,
  underId,
} from './odd-upstream.ts';
import { Quell } from './quell.ts';

const TRUE = '198.51.100.7';

let upstream: OddUpstream;
let router: OddUpstream;
let quell: Quell;
beforeAll(async () => {
  upstream = await new OddUpstream().start();
  router = await new OddUpstream().start();
  quell = await Quell.start({
    env: { QUELL_UPSTREAMS: upstream.address },
    yaml: [
      'upstreams:',
      '  budget: 2s',
      '  conditional:',
      `    - { domain: fritz.example, to: "${router.address}" }`,
      `    - { domain: 178.168.192.in-addr.arpa, to: "${router.address}" }`,
      'rebinding:',
      '  allow: [inside.example]',
    ].join('\n'),
  });
});
afterAll(async () => {
  await quell.stop();
  await Promise.all([upstream.stop(), router.stop()]);
});

const answered =
  (octets: (asked: Asked) => Uint8Array): Behaviour =>
  (asked) =>
    asked.send(octets(asked));

describe('a chain of names', () => {
  const chain = (zone: string, length: number, last: string): AnswerRecord[] => [
    ...Array.from({ length }, (_, i) => ({
      name: `n${i}.${zone}`,
      type: 'CNAME',
      domain: i + 1 === length ? last : `n${i + 1}.${zone}`,
    })),
    { name: last, type: 'A', address: TRUE },
  ];

  it('of a hundred is followed to its end', async () => {
    upstream.does('n0.long.example', honestly(chain('long.example', 100, 'end.long.example')));
    const answer = await quell.digAll('n0.long.example');
    expect(answer).toMatch(/ANSWER: 101/);
    expect(answer).toMatch(/end\.long\.example\.\s+\d+\s+IN\s+A\s+198\.51\.100\.7/);
  });

  it('of a hundred that leads to a blocked name is blocked', async () => {
    upstream.does('n0.cloak.example', honestly(chain('cloak.example', 100, 'data.mistat.xiaomi.com')));
    for (let i = 0; i < 2; i++)
      expect(await quell.dig('n0.cloak.example', 'A', { args: ['+tcp'] })).toEqual(['0.0.0.0']);
  });

  it('that nobody can mean is a failure', async () => {
    upstream.does('n0.mad.example', honestly(chain('mad.example', 300, 'end.mad.example')));
    expect(await quell.digAll('n0.mad.example', '+tcp')).toMatch(/status: SERVFAIL/);
  });

  it('in a circle is given as it is, once', async () => {
    const circle = [
      { name: 'a.circle.example', type: 'CNAME', domain: 'b.circle.example' },
      { name: 'b.circle.example', type: 'CNAME', domain: 'a.circle.example' },
    ];
    upstream.does('a.circle.example', honestly(circle));
    expect(await quell.digAll('a.circle.example')).toMatch(/status: NOERROR.*\n.*ANSWER: 2/);
    expect(upstream.times('b.circle.example')).toBe(0);
  });
});

describe('an answer that does not fit a datagram', () => {
  const addresses = (count: number): AnswerRecord[] =>
    Array.from({ length: count }, (_, i) => ({ type: 'A', address: `198.51.${i >> 8}.${i & 255}` }));

  const cut = (asked: Asked) => answerOf(asked.message, 0, [], 0x8380);

  it('is fetched by TCP when the upstream says so', async () => {
    upstream.does('cut.example', (asked) =>
      asked.transport === 'udp' ? asked.send(cut(asked)) : honestly(addresses(200))(asked),
    );
    expect(await quell.dig('cut.example')).toHaveLength(200);
    expect(upstream.times('cut.example', 'tcp')).toBe(1);
  });

  it('fails within the budget when the upstream then hangs up, sends half of it, or nothing', async () => {
    const half = (asked: Asked) => asked.send(answerTo(asked.message, addresses(200)).subarray(0, 700));
    for (const [name, overTcp] of [
      ['hang-up.example', (asked: Asked) => asked.hangUp()],
      ['half.example', half],
      ['silent-tcp.example', () => {}],
    ] as const) {
      upstream.does(name, (asked) => (asked.transport === 'udp' ? asked.send(cut(asked)) : overTcp(asked)));
      expect(await quell.digAll(name, '+time=5')).toMatch(/status: SERVFAIL/);
      expect(await quell.dig(`after-${name}`)).toEqual([TRUE]);
    }
  });

  it('of 64 KB comes whole by TCP, again from the cache, and UDP sends its askers there', async () => {
    const octets = 65_535 - 11;
    const sized = (asked: Asked) => {
      const room = octets - answerOf(asked.message, 0, []).length;
      const texts = Array.from({ length: 250 }, () => recordOf(16, 300, [247, ...new Uint8Array(247).fill(120)]));
      const used = texts.reduce((sum, { length }) => sum + length, 0);
      const rest = recordOf(65_281, 300, new Uint8Array(room - used - 12));
      return answerOf(asked.message, 251, [...texts.flat(), ...rest]);
    };
    upstream.does('huge.example', (asked) => asked.send(asked.transport === 'udp' ? cut(asked) : sized(asked)));
    for (const way of ['+tcp', '+notcp', '+tcp']) {
      const answer = await quell.digAll('huge.example', 'TXT', way);
      expect(answer).toMatch(/ANSWER: 251/);
      expect(answer).toMatch(/MSG SIZE {2}rcvd: 655(2[4-9]|3[0-5])/);
    }
    expect(await quell.digAll('huge.example', 'TXT', '+ignore')).toMatch(/flags: qr tc/);
    expect(upstream.times('huge.example', 'tcp')).toBe(1);
  });
});

describe('a time to live', () => {
  it.each([2 ** 31, 2 ** 32 - 1])('of %i seconds is none', async (ttl) => {
    const name = `ttl-${ttl}.example`;
    upstream.does(
      name,
      answered((asked) => answerOf(asked.message, 1, recordOf(1, ttl, [198, 51, 100, 7]))),
    );
    for (let times = 1; times <= 2; times++) {
      expect(await quell.digAll(name)).toMatch(new RegExp(`${name}\\.\\s+0\\s+IN\\s+A\\s+198\\.51\\.100\\.7`));
      expect(upstream.times(name)).toBe(times);
    }
  });

  it('of 68 years is a day', async () => {
    upstream.does('years.example', honestly([{ type: 'A', address: TRUE, ttl: 2 ** 31 - 1 }]));
    expect(await quell.digAll('years.example')).toMatch(/years\.example\.\s+86400\s+IN/);
  });
});

describe('a denial', () => {
  it('without SOA is believed, for a moment', async () => {
    upstream.does('no-soa.example', honestly([], [], 3));
    for (let i = 0; i < 3; i++) expect(await quell.digAll('no-soa.example')).toMatch(/status: NXDOMAIN/);
    expect(upstream.times('no-soa.example')).toBe(1);
    upstream.does('no-soa.example', truth);
    await quell.eventually(async () => (await quell.dig('no-soa.example'))[0] === TRUE, 10_000);
  });

  it('of one type without SOA does not deny the others', async () => {
    upstream.does('half-there.example', (asked) => (asked.type === 28 ? honestly([])(asked) : truth(asked)));
    expect(await quell.digAll('half-there.example', 'AAAA')).toMatch(/status: NOERROR.*\n.*ANSWER: 0/);
    expect(await quell.dig('half-there.example')).toEqual([TRUE]);
  });
});

describe('a public name that leads into the house', () => {
  const v6 = (text: string): number[] => [...Buffer.from(text.replaceAll(' ', ''), 'hex')];
  const ipv4Hint = [0, 1, 0, 0, 4, 0, 4, 192, 168, 1, 1];

  it.each<[string, number, number[]]>([
    ['192.168.1.1', 1, [192, 168, 1, 1]],
    ['127.0.0.1', 1, [127, 0, 0, 1]],
    ['169.254.1.1', 1, [169, 254, 1, 1]],
    ['fd00::1', 28, v6('fd00 0000 0000 0000 0000 0000 0000 0001')],
    ['::ffff:10.0.0.1', 28, v6('0000 0000 0000 0000 0000 ffff 0a00 0001')],
    ['6to4 of 192.168.1.1', 28, v6('2002 c0a8 0101 0000 0000 0000 0000 0001')],
    ['NAT64 of 192.168.1.1', 28, v6('0064 ff9b 0000 0000 0000 0000 c0a8 0101')],
    ['a hint of an HTTPS record', 65, ipv4Hint],
  ])('to %s is answered with nothing, and says why', async (label, type, data) => {
    const name = `to-${label.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.rebind.example`;
    upstream.does(
      name,
      answered((asked) => answerOf(asked.message, 1, recordOf(type, 60, data))),
    );
    for (let i = 0; i < 2; i++) {
      const answer = await quell.digAll(name, `TYPE${type}`);
      expect(answer).toMatch(/status: NOERROR.*\n.*ANSWER: 0/);
      expect(answer).toMatch(/EDE: 15 \(Blocked\).*private address/);
    }
  });

  it('passes where the household allows it', async () => {
    upstream.does('tv.inside.example', honestly([{ type: 'A', address: '192.168.1.9' }]));
    expect(await quell.dig('tv.inside.example')).toEqual(['192.168.1.9']);
  });
});

describe('a record type that nobody here knows', () => {
  it('passes as it is, beside others and from the cache', async () => {
    upstream.does(
      'odd.example',
      answered((asked) => answerOf(asked.message, 1, recordOf(65_281, 300, [1, 2, 0xc0, 255]))),
    );
    for (let i = 0; i < 2; i++) expect(await quell.dig('odd.example', 'TYPE65281')).toEqual(['\\# 4 0102C0FF']);
    expect(upstream.times('odd.example')).toBe(1);
  });

  it('with no data passes too', async () => {
    upstream.does(
      'bare.example',
      answered((asked) => answerOf(asked.message, 1, recordOf(65_282, 300, []))),
    );
    expect(await quell.dig('bare.example', 'TYPE65282')).toEqual(['\\# 0']);
  });
});

describe('a domain with a server of its own, and the addresses of the house', () => {
  it('are asked there and nowhere else, and may lead into the house', async () => {
    router.does('tv.fritz.example', honestly([{ type: 'A', address: '192.168.178.9' }]));
    router.does('9.178.168.192.in-addr.arpa', honestly([{ type: 'PTR', domain: 'tv.fritz.example' }]));
    expect(await quell.dig('tv.fritz.example')).toEqual(['192.168.178.9']);
    expect(await quell.dig('9.178.168.192.in-addr.arpa', 'PTR')).toEqual(['tv.fritz.example.']);
    expect(await quell.digAll('9.179.168.192.in-addr.arpa', 'PTR')).toMatch(/status: NXDOMAIN/);
    expect(await quell.dig('other.example')).toEqual([TRUE]);
    expect(upstream.asked.filter(({ name }) => /fritz|arpa/i.test(name))).toEqual([]);
    expect(router.asked.map(({ name }) => name.toLowerCase())).toEqual([
      'tv.fritz.example',
      '9.178.168.192.in-addr.arpa',
    ]);
  });
});

it('an upstream that asks us back what we asked it is no circle: the question fails within the budget', async () => {
  const asker = createSocket('udp4');
  const answers = new Map<number, (answer: Uint8Array) => void>();
  asker.on('message', (answer) => answers.get(answer.readUInt16BE())?.(answer));
  let id = 0;
  upstream.does('circle-of-servers.example', ({ message, send }) => {
    answers.set(++id, (answer) => send(underId(answer, (message[0] << 8) | message[1])));
    asker.send(underId(message, id), quell.port, '127.0.0.1');
  });
  expect(await quell.digAll('circle-of-servers.example', '+time=5', '+tries=1')).toMatch(/status: SERVFAIL/);
  // Its own repetitions and those of a second round; equal questions of anybody wait for the one on its way.
  expect(upstream.times('circle-of-servers.example')).toBeLessThan(10);
  expect(await quell.dig('after-circle.example')).toEqual([TRUE]);
  asker.close();
});
