import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cache } from '../../../../resolver/answering/cache/cache.ts';
import { packAnswer } from '../../../../resolver/answering/cache/packed-answer.ts';
import { HashedName } from '../../../../resolver/policy/hashed-name.ts';
import { answerTo, query } from '../messages.ts';

function name(text: string): HashedName {
  const hashed = new HashedName();
  expect(hashed.readText(text)).toBe(true);
  return hashed;
}

const made = new Map<string, Uint8Array>();

function packed(text: string, ttl: number, strings = 1): Uint8Array {
  const key = `${text} ${ttl} ${strings}`;
  const known = made.get(key) ?? pack(text, ttl, strings);
  made.set(key, known);
  return known;
}

function pack(text: string, ttl: number, strings: number): Uint8Array {
  const data = Array.from({ length: strings }, (_, i) => `${i}`.padStart(100, 'x'));
  const answer = packAnswer(answerTo(query(text, 'TXT'), [{ type: 'TXT', ttl, data }]));
  if (!answer) throw new Error('not packed');
  return answer;
}

const bytesOf = (cache: Cache): Uint8Array =>
  cache.found.bytes.slice(cache.found.at, cache.found.at + cache.found.length);

describe('the cache', () => {
  it('gives back what was stored, with its age, by name and key', () => {
    const cache = new Cache(1 << 20);
    const answer = packed('a.example', 60);
    cache.store(name('A.example'), 16, answer, 100);
    expect(cache.find(name('a.example'), 16, 130)).toBe(true);
    expect(cache.found).toMatchObject({ age: 30, left: 30, outcome: 'cached' });
    expect(bytesOf(cache)).toEqual(answer);
    expect(cache.find(name('a.example'), 1, 130)).toBe(false);
    expect(cache.find(name('b.example'), 16, 130)).toBe(false);
    expect(cache.find(name('a.example'), 16, 161)).toBe(true);
    expect(cache.found).toMatchObject({ left: -1, outcome: 'stale' });
  });

  it('keeps the newest answer to a question', () => {
    const cache = new Cache(1 << 20);
    cache.store(name('a.example'), 16, packed('a.example', 60), 0);
    const newer = packed('a.example', 90, 2);
    cache.store(name('a.example'), 16, newer, 10);
    expect(cache.size).toBe(1);
    expect(cache.find(name('a.example'), 16, 10) && bytesOf(cache)).toEqual(newer);
  });

  it('never outgrows its buffer and never mixes answers up, whatever is stored in whatever order', () => {
    const step = fc.record({ name: fc.integer({ min: 0, max: 100 }), size: fc.integer({ min: 1, max: 12 }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 100, maxLength: 300 }), (steps) => {
        const cache = new Cache(1 << 16);
        const stored = new Map<string, Uint8Array>();
        for (const [at, { name: number, size }] of steps.entries()) {
          const text = `n${number}.example`;
          const answer = packed(text, 1000, size);
          cache.store(name(text), 16, answer, at);
          stored.set(text, answer);
          expect(cache.find(name(text), 16, at) && Buffer.compare(bytesOf(cache), answer)).toBe(0);
        }
        let found = 0;
        for (const [text, answer] of stored) {
          if (!cache.find(name(text), 16, steps.length)) continue;
          found++;
          expect(Buffer.compare(bytesOf(cache), answer)).toBe(0);
        }
        expect(cache.size).toBe(found);
      }),
      { numRuns: 30 },
    );
  });

  it('forgets everything when it is cleared', () => {
    const cache = new Cache(1 << 20);
    cache.store(name('a.example'), 16, packed('a.example', 60), 0);
    cache.clear();
    expect(cache.find(name('a.example'), 16, 0)).toBe(false);
    cache.store(name('a.example'), 16, packed('a.example', 60), 0);
    expect(cache.find(name('a.example'), 16, 0)).toBe(true);
  });
});
