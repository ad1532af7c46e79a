import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerTo } from '../resolver/answering/messages.ts';
import { optionsOf, withOptions } from '../resolver/answering/options.ts';
import { CertificateFiles } from './certificate-files.ts';
import { type Asked, answerOf, type Behaviour, OddUpstream, recordOf } from './odd-upstream.ts';
import { Quell } from './quell.ts';

const execute = promisify(execFile);
const TRUE = '198.51.100.7';

let upstream: OddUpstream;
let files: CertificateFiles;
let quell: Quell;
beforeAll(async () => {
  upstream = await new OddUpstream().start();
  files = await CertificateFiles.make('IP:127.0.0.1');
  quell = await Quell.start({
    env: { QUELL_UPSTREAMS: upstream.address, QUELL_DOT_LISTEN: '127.0.0.1:0', ...files.env },
    yaml: 'upstreams:\n  budget: 2s\nrecords:\n  - { name: alias.example, type: CNAME, value: told.example }\n',
  });
});
afterAll(async () => {
  await quell.stop();
  await upstream.stop();
  await files.remove();
});

const ways = ['+notcp', '+tcp', '+tls'] as const;

async function dig(way: (typeof ways)[number], ...args: string[]): Promise<string> {
  const { port } = way === '+tls' ? quell.running.tls[0] : quell;
  const { stdout } = await execute('dig', ['+tries=1', '+time=5', '@127.0.0.1', '-p', `${port}`, way, ...args]);
  return stdout;
}

const error = (code: number, text: string): [number, Uint8Array] => [15, Buffer.from([0, code, ...Buffer.from(text)])];
const unknown: [number, Uint8Array] = [4711, Uint8Array.of(1, 2, 255)];
const local: [number, Uint8Array] = [65_432, Buffer.from('local')];

/** About the connection, the client or the server: between us and the upstream. */
const between: [number, Uint8Array][] = [
  [3, Buffer.from('spy!')],
  [8, Uint8Array.of(0, 1, 24, 24, 198, 51, 100)],
  [10, Uint8Array.from({ length: 24 }, (_, i) => i)],
  [11, Uint8Array.of(0, 99)],
  [12, new Uint8Array(40)],
  [65_001, Uint8Array.of(2, 0, 0, 0, 0, 1)],
];

const address = (asked: Asked) => answerTo(asked.message, [{ type: 'A', address: TRUE, ttl: 300 }]);

const told =
  (...options: [number, Uint8Array][]): Behaviour =>
  (asked) =>
    asked.send(withOptions(address(asked), options));

describe('what an upstream says about its answer', () => {
  it('reaches those who speak EDNS as it is, by every way, fresh and from the cache', async () => {
    for (const first of ways) {
      const name = `${first.slice(1)}.told.example`;
      upstream.does(name, told(...between, error(4, 'a forged answer'), unknown, local));
      for (const way of [first, ...ways]) {
        const answer = await dig(way, name);
        expect(answer).toContain(TRUE);
        expect(answer).toMatch(/EDE: 4 \(Forged Answer\): \(a forged answer\)/);
        expect(answer).toMatch(/OPT=4711: 01 02 ff/);
        expect(answer).toMatch(/OPT=65432: 6c 6f 63 61 6c/);
        expect(answer).not.toMatch(/spy!|CLIENT-SUBNET|OPT=65001|malformed|WARNING/);
        expect(answer).toMatch(/COOKIE: [0-9a-f]{48} \(good\)/);
      }
      expect(upstream.times(name)).toBe(1);
    }
  });

  it('is not said to those who don’t', async () => {
    upstream.does('plain.example', told(error(4, 'x'), unknown));
    for (let i = 0; i < 2; i++) {
      const answer = await dig('+notcp', '+noedns', '+nocookie', 'plain.example');
      expect(answer).toContain(TRUE);
      expect(answer).not.toMatch(/OPT|EDE/);
    }
  });

  it('reaches everybody who waited for the one answer', async () => {
    const waiting: Asked[] = [];
    upstream.does('crowd.example', (asked) => waiting.push(asked));
    const answers = Promise.all(ways.map((way) => dig(way, 'crowd.example')));
    await quell.eventually(async () => waiting.length > 0);
    // All three are there when a fourth that came after them has its answer.
    expect(await dig('+notcp', 'fourth.example')).toContain(TRUE);
    for (const asked of waiting) told(error(22, 'late'), unknown)(asked);
    for (const answer of await answers) expect(answer).toMatch(/EDE: 22 .*\n; OPT=4711: 01 02 ff/);
  });

  it('comes along where an alias of the household leads', async () => {
    upstream.does('told.example', told(error(4, 'x'), unknown));
    for (let i = 0; i < 2; i++) {
      const answer = await dig('+notcp', 'alias.example');
      expect(answer).toMatch(/told\.example\.\s+\d+\s+IN\s+A\s+198\.51\.100\.7/);
      expect(answer).toMatch(/OPT=4711: 01 02 ff/);
    }
  });

  it('explains a failure, also while that is remembered', async () => {
    upstream.does('bogus.example', (asked) =>
      asked.send(withOptions(answerOf(asked.message, 0, [], 0x8182), [error(6, 'no signature fits')])),
    );
    for (let i = 0; i < 2; i++) {
      const answer = await dig('+notcp', 'bogus.example');
      expect(answer).toMatch(/status: SERVFAIL/);
      expect(answer).toMatch(/EDE: 6 \(DNSSEC Bogus\): \(no signature fits\)/);
    }
  });

  it('makes way where it would not fit, and is bounded', async () => {
    const records = Array.from({ length: 70 }, (_, i) => ({ type: 'A', address: `198.51.100.${i}`, ttl: 300 }));
    const long = error(0, 'x'.repeat(300));
    upstream.does('full.example', (asked) => asked.send(withOptions(answerTo(asked.message, records), [long])));
    const answer = await dig('+notcp', '+ignore', 'full.example');
    expect(answer).toMatch(/flags: qr rd ra;.*ANSWER: 70/);
    expect(answer).not.toMatch(/EDE/);
    expect(await dig('+tcp', 'full.example')).toMatch(/EDE: 0/);
    upstream.does('endless.example', told(error(0, 'x'.repeat(600)), unknown));
    const bounded = await dig('+tcp', 'endless.example');
    expect(bounded).toMatch(/OPT=4711/);
    expect(bounded).not.toMatch(/EDE/);
  });

  it('costs no answer when it can’t be read, or stands before other records', async () => {
    upstream.does('broken.example', (asked) => {
      const whole = withOptions(address(asked), [unknown, [15, Uint8Array.of(0, 4)]]);
      // The last option says that it is longer than what is left.
      whole[whole.length - 3] = 99;
      asked.send(whole);
    });
    expect(await dig('+notcp', 'broken.example')).toMatch(/OPT=4711: 01 02 ff.*198\.51\.100\.7/s);
    upstream.does('before.example', (asked) => {
      const whole = withOptions(address(asked), [unknown]);
      const glue = Uint8Array.from([...whole, ...recordOf(1, 60, [192, 0, 2, 1])]);
      glue[11]++;
      asked.send(glue);
    });
    const answer = await dig('+notcp', 'before.example');
    expect(answer).toMatch(/ADDITIONAL: 1.*OPT=4711.*198\.51\.100\.7/s);
    expect(answer).not.toContain('192.0.2.1');
  });
});

describe('what a client puts into its question', () => {
  const lastAsked = (name: string) => {
    const asked = upstream.asked.filter((one) => one.name.toLowerCase() === name);
    return asked[asked.length - 1].message;
  };

  it.each(ways)('stays here, and does no harm (%s)', async (way) => {
    const name = `client-${way.slice(1)}.example`;
    const options = ['4242:beef', '65001:020000000001', '65073:aabb', '65534', '20292:00'];
    const answer = await dig(way, '+subnet=203.0.113.0/24', '+nsid', ...options.map((o) => `+ednsopt=${o}`), name);
    expect(answer).toMatch(/status: NOERROR/);
    expect(answer).toContain(TRUE);
    expect(answer).not.toMatch(/OPT=|CLIENT-SUBNET|NSID/);
    expect(optionsOf(lastAsked(name))).toEqual([]);
  });

  it('AD and CD, and the wish for DNSSEC records, go along; answers to them are kept apart', async () => {
    upstream.does('flags.example', (asked) => {
      const answer = withOptions(address(asked), []);
      answer[3] |= 0x20 | (asked.message[3] & 0x10);
      asked.send(answer);
    });
    expect(await dig('+notcp', '+noadflag', 'flags.example')).toMatch(/flags: qr rd ra;/);
    expect(lastAsked('flags.example')[3] & 0x30).toBe(0x20);
    expect(await dig('+notcp', '+adflag', 'flags.example')).toMatch(/flags: qr rd ra ad;/);
    expect(upstream.times('flags.example')).toBe(1);
    expect(await dig('+notcp', '+noadflag', '+dnssec', 'flags.example')).toMatch(/flags: qr rd ra ad;.*flags: do;/s);
    const asked = lastAsked('flags.example');
    expect(asked[asked.length - 4]).toBe(0x80);
    expect(upstream.times('flags.example')).toBe(2);
    expect(await dig('+notcp', '+noadflag', '+cdflag', 'flags.example')).toMatch(/flags: qr rd ra cd;/);
    expect(lastAsked('flags.example')[3] & 0x30).toBe(0x30);
    expect(upstream.times('flags.example')).toBe(3);
  });
});
