import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerTo } from '../resolver/answering/messages.ts';
import { type Asked, answerOf, type Behaviour, OddUpstream, recordOf, truth, underId } from './odd-upstream.ts';
import { Quell } from './quell.ts';

const TRUE = '198.51.100.7';
const FORGED = '203.0.113.66';

let upstream: OddUpstream;
let quell: Quell;
beforeAll(async () => {
  upstream = await new OddUpstream().start();
  quell = await Quell.start({
    env: { QUELL_UPSTREAMS: upstream.address },
    yaml: 'upstreams:\n  budget: 1s\n',
  });
});
afterAll(async () => {
  await quell.stop();
  await upstream.stop();
});

const forgery = (asked: Asked) => answerTo(asked.message, [{ type: 'A', address: FORGED, ttl: 86_400 }]);
const idOf = ({ message }: Asked) => (message[0] << 8) | message[1];

/** Sends each of these in place of an answer, then the truth. */
const first =
  (...lies: ((asked: Asked) => Uint8Array)[]): Behaviour =>
  (asked) => {
    for (const lie of lies) asked.send(lie(asked));
    truth(asked);
  };

const alone =
  (lie: (asked: Asked) => Uint8Array): Behaviour =>
  (asked) =>
    asked.send(lie(asked));

const otherQuestion = (name: string, type: string) => (asked: Asked) => {
  const question = answerTo(asked.message, []).slice(0, 12);
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  const qtype = { A: 1, AAAA: 28 }[type] as number;
  return answerOf(Uint8Array.from([...question, ...labels, 0, 0, qtype, 0, 1]), 1, recordOf(1, 60, [203, 0, 113, 66]));
};

const loopingOwner = (asked: Asked) => {
  const question = asked.message;
  const at = answerOf(question, 0, []).length;
  // The record's name is a pointer to itself.
  return answerOf(question, 1, [0xc0 | (at >> 8), at & 255, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 203, 0, 113, 66]);
};

const loopingTarget = (asked: Asked) => {
  const at = answerOf(asked.message, 0, []).length + 12;
  return answerOf(asked.message, 1, recordOf(5, 60, [0xc0 | (at >> 8), at & 255]));
};

const endlessChain = (asked: Asked) => {
  const at = answerOf(asked.message, 0, []).length;
  // Two names that point at each other.
  return answerOf(asked.message, 1, [
    ...[0xc0 | ((at + 14) >> 8), (at + 14) & 255, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4],
    ...[1, 97, 0xc0 | (at >> 8), at & 255],
  ]);
};

const outOfBounds = (asked: Asked) => answerOf(asked.message, 1, [...recordOf(1, 60, [1, 2, 3, 4]).slice(0, -2)]);
const manyPromised = (asked: Asked) => answerOf(asked.message, 65_535, recordOf(1, 60, [203, 0, 113, 66]));

describe('what comes before the answer and is none is passed over', () => {
  it.each<[string, string, Behaviour]>([
    ['a wrong id', 'id', first((asked) => underId(forgery(asked), idOf(asked) ^ 1))],
    [
      'every id but the right one',
      'ids',
      first(...Array.from({ length: 200 }, (_, i) => (asked: Asked) => underId(forgery(asked), idOf(asked) + 1 + i))),
    ],
    ['another name', 'name', first(otherQuestion('other.example', 'A'))],
    ['another type', 'type', first(otherQuestion('type.forged.example', 'AAAA'))],
    ['the question itself', 'echo', first(({ message }) => message)],
    ['a header alone', 'header', first((asked) => forgery(asked).subarray(0, 12))],
    ['eleven octets', 'short', first((asked) => forgery(asked).subarray(0, 11))],
    ['nothing', 'empty', first(() => new Uint8Array(0))],
    ['noise', 'noise', first(() => Uint8Array.from({ length: 400 }, (_, i) => (i * 151 + 7) & 255))],
  ])('%s', async (_, label, behaviour) => {
    const name = `${label}.forged.example`;
    upstream.does(name, behaviour);
    expect(await quell.dig(name)).toEqual([TRUE]);
    expect(await quell.dig(name)).toEqual([TRUE]);
  });

  it('the right answer from another port', async () => {
    const forger = createSocket('udp4').bind(0, '127.0.0.1');
    upstream.does('port.forged.example', (asked) => {
      forger.send(forgery(asked), asked.port, '127.0.0.1', () => truth(asked));
    });
    expect(await quell.dig('port.forged.example')).toEqual([TRUE]);
    forger.close();
  });

  it('a second answer after the first', async () => {
    upstream.does('second.forged.example', (asked) => {
      truth(asked);
      asked.send(forgery(asked));
    });
    expect(await quell.dig('second.forged.example')).toEqual([TRUE]);
    expect(await quell.dig('second.forged.example')).toEqual([TRUE]);
  });
});

describe('what can’t be read is a failure, and hurts nothing else', () => {
  it.each<[string, string, (asked: Asked) => Uint8Array]>([
    ['a record whose name points at itself', 'owner', loopingOwner],
    ['an alias that points at itself', 'target', loopingTarget],
    ['names that point at each other', 'endless', endlessChain],
    ['a record that ends after the message', 'bounds', outOfBounds],
    ['more records promised than sent', 'count', manyPromised],
  ])('%s', async (_, label, lie) => {
    const name = `${label}.broken.example`;
    upstream.does(name, alone(lie));
    expect(await quell.digAll(name)).toMatch(/status: SERVFAIL/);
    expect(await quell.dig(`after-${name}`)).toEqual([TRUE]);
  });

  it('a wrong id and nothing else', async () => {
    upstream.does(
      'only.forged.example',
      alone((asked) => underId(forgery(asked), idOf(asked) ^ 1)),
    );
    expect(await quell.digAll('only.forged.example')).toMatch(/status: SERVFAIL/);
    expect(await quell.dig('after-only.forged.example')).toEqual([TRUE]);
  });

  it('an error of the upstream, which is asked again a moment later', async () => {
    upstream.does('error.example', (asked) => asked.send(answerOf(asked.message, 0, [], 0x8182)));
    expect(await quell.digAll('error.example')).toMatch(/status: SERVFAIL/);
    upstream.does('error.example', truth);
    await quell.eventually(async () => (await quell.dig('error.example'))[0] === TRUE);
  });
});

it('every question has an id, a port or a spelling that the last one had not', async () => {
  const before = upstream.asked.length;
  for (let i = 0; i < 12; i++) await quell.dig(`unpredictable-${i}.example`);
  const asked = upstream.asked.slice(before);
  expect(new Set(asked.map(({ port }) => port)).size).toBeGreaterThan(3);
  expect(new Set(asked.map(idOf)).size).toBeGreaterThan(8);
  expect(asked.some(({ name }) => name !== name.toLowerCase())).toBe(true);
});
