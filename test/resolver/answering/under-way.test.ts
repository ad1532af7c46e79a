import { expect, test } from 'vitest';
import type { Settles } from '../../../resolver/answering/misses.ts';
import { type Miss, UnderWay } from '../../../resolver/answering/under-way.ts';
import { HashedName } from '../../../resolver/policy/hashed-name.ts';

const waiting: Settles = { settle() {} };

function nameOf(text: string): HashedName {
  const name = new HashedName();
  name.readText(text);
  return name;
}

test('finds each question under way by name and key, whatever ends meanwhile', () => {
  const underWay = new UnderWay(() => {});
  // Several times as many as there are places, so that most share one.
  const names = Array.from({ length: 3000 }, (_, i) => nameOf(`n${i}.example`));
  const misses = names.map((name) => [1, 28].map((key) => underWay.add(name, key, waiting)));
  expect(underWay.size).toBe(6000);
  // First, last and middle ones of their place go: every third name's A.
  for (let i = 0; i < names.length; i += 3) underWay.remove(misses[i][0]);
  expect(underWay.size).toBe(5000);
  for (const [i, name] of names.entries()) {
    expect(underWay.find(name, 1)).toBe(i % 3 === 0 ? undefined : misses[i][0]);
    expect(underWay.find(name, 28)).toBe(misses[i][1]);
  }
  for (const miss of misses
    .flat()
    .filter((_, i) => i % 6 !== 0)
    .reverse())
    underWay.remove(miss);
  expect(underWay.size).toBe(0);
  for (const name of names) expect(underWay.find(name, 28)).toBeUndefined();
});

test('knows the root, and tells how a question ended', () => {
  const ended: [Miss, Uint8Array | undefined][] = [];
  const underWay = new UnderWay((miss, answer) => ended.push([miss, answer]));
  const miss = underWay.add(nameOf('.'), 2, waiting);
  expect(underWay.find(nameOf('.'), 2)).toBe(miss);
  const answer = Uint8Array.of(1);
  miss.answered(answer);
  miss.failed();
  expect(ended).toEqual([
    [miss, answer],
    [miss, undefined],
  ]);
});
