import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Asked, answerOf, honestly, OddUpstream, truth } from './odd-upstream.ts';
import { Quell } from './quell.ts';

const TRUE = '198.51.100.7';
const NEW = '198.51.100.8';

let upstream: OddUpstream;
let quell: Quell;
beforeEach(async () => {
  upstream = await new OddUpstream().start();
  quell = await Quell.start({ env: { QUELL_UPSTREAMS: upstream.address }, yaml: 'upstreams:\n  budget: 1s\n' });
});
afterEach(async () => {
  await quell.stop();
  await upstream.stop();
});

const brief = honestly([{ type: 'A', address: TRUE, ttl: 1 }]);
const renewed = honestly([{ type: 'A', address: NEW, ttl: 300 }]);
const silence = () => {};

/** Questions of one name that wait for their answer. */
function held(name: string): Asked[] {
  const waiting: Asked[] = [];
  upstream.does(name, (asked) => waiting.push(asked));
  return waiting;
}

const patiently = (name: string) => quell.digAll(name, '+time=6', '+tries=1');

describe('an upstream that falls silent', () => {
  it('leaves what was known in use, said to be stale and for a moment, until it is back', async () => {
    upstream.does('known.example', brief);
    expect(await quell.dig('known.example')).toEqual([TRUE]);
    upstream.does('known.example', silence);
    const stale = await quell.eventually(async () => {
      const answer = await patiently('known.example');
      return /EDE: 3/.test(answer) && answer;
    }, 15_000);
    expect(stale).toMatch(/known\.example\.\s+30\s+IN\s+A\s+198\.51\.100\.7/);
    upstream.does('known.example', renewed);
    await quell.eventually(async () => (await quell.dig('known.example'))[0] === NEW, 15_000);
  });

  it('or says that it can’t leaves it in use, too', async () => {
    upstream.does('kept.example', brief);
    expect(await quell.dig('kept.example')).toEqual([TRUE]);
    upstream.does('kept.example', (asked) => asked.send(answerOf(asked.message, 0, [], 0x8182)));
    // Once its second is over: no answer in between may be the upstream's SERVFAIL.
    await quell.eventually(async () => {
      const answer = await patiently('kept.example');
      expect(answer).toMatch(/status: NOERROR.*198\.51\.100\.7/s);
      return /EDE: 3/.test(answer);
    });
  });

  it('costs a new name its answer, and the house’s own names and blocked ones nothing', async () => {
    upstream.does('unknown.example', silence);
    const failing = patiently('unknown.example');
    expect(await quell.dig('data.mistat.xiaomi.com')).toEqual(['0.0.0.0']);
    expect(await quell.dig('localhost')).toEqual(['127.0.0.1']);
    const failed = await failing;
    expect(failed).toMatch(/status: SERVFAIL/);
    expect(failed).toMatch(/EDE: 23 \(Network Error\)/);
  });

  it('is not asked again by everybody while the failure is fresh', async () => {
    upstream.does('crowd.example', silence);
    await Promise.all(Array.from({ length: 8 }, () => patiently('crowd.example')));
    const times = upstream.times('crowd.example');
    await Promise.all(Array.from({ length: 8 }, () => patiently('crowd.example')));
    expect(upstream.times('crowd.example')).toBe(times);
  });

  it('is believed again as soon as it answers', async () => {
    upstream.does('down.example', silence);
    for (let i = 0; i < 3; i++) await patiently(`down.example`);
    upstream.does('down.example', truth);
    await quell.eventually(async () => (await quell.dig('down.example'))[0] === TRUE, 15_000);
    expect(await quell.dig('other.example')).toEqual([TRUE]);
  });
});

describe('an answer that comes late', () => {
  it('after the failure was told answers nobody, and the next question gets a fresh one', async () => {
    const waiting = held('late.example');
    expect(await patiently('late.example')).toMatch(/status: SERVFAIL/);
    for (const asked of waiting) truth(asked);
    upstream.does('late.example', renewed);
    await quell.eventually(async () => {
      const [address] = await quell.dig('late.example');
      expect(address).not.toBe(TRUE);
      return address === NEW;
    }, 15_000);
  });

  it('to a question that was sent again is as good as any', async () => {
    const waiting = held('second-try.example');
    const answer = quell.dig('second-try.example');
    await quell.eventually(async () => waiting.length > 1);
    truth(waiting[0]);
    expect(await answer).toEqual([TRUE]);
  });

  it('behind a stale one serves the next', async () => {
    upstream.does('behind.example', brief);
    expect(await quell.dig('behind.example')).toEqual([TRUE]);
    await quell.stop();
    quell = await Quell.start({ env: { QUELL_UPSTREAMS: upstream.address }, yaml: 'upstreams:\n  budget: 5s\n' });
    expect(await quell.dig('behind.example')).toEqual([TRUE]);
    const waiting = held('behind.example');
    await quell.eventually(async () => /EDE: 3/.test(await patiently('behind.example')), 15_000);
    for (const asked of waiting) renewed(asked);
    await quell.eventually(async () => (await quell.dig('behind.example'))[0] === NEW, 15_000);
    const times = upstream.times('behind.example');
    expect(await quell.dig('behind.example')).toEqual([NEW]);
    expect(upstream.times('behind.example')).toBe(times);
  });
});
