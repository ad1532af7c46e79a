import { expect, test } from 'vitest';
import type { AttemptBatch } from '../../../resolver/between/attempt-batch.ts';
import { encodedAgain } from '../../../resolver/between/batch-bytes.ts';
import { query } from './messages.ts';
import { SmallHouse } from './small-house.ts';

const noUpstream = () => {
  throw new Error('nothing is asked upstream');
};

/** A house whose ring is emptied as the courier does it, and what came out of it. */
function house() {
  const small = new SmallHouse(noUpstream, { guard: { rate: 1e6, burst: 1e6 } });
  const flushed: AttemptBatch[] = [];
  small.ring.onHalfFull = () => {
    const batch = small.flush();
    if (batch) flushed.push(batch);
  };
  return { small, flushed, rest: () => small.ring.onHalfFull() };
}

test('a ring that fills up is emptied before it loses anything', async () => {
  const { small, flushed, rest } = house();
  for (let i = 0; i < 20_000; i++) await small.ask(query(`n${i}.mistat.example`));
  expect(flushed.length).toBeGreaterThan(1);
  rest();
  const names = flushed.flatMap((batch) => batch.attempts().map(({ domain }) => domain));
  expect(new Set(names).size).toBe(20_000);
  expect(flushed.map(({ sequence }) => sequence)).toEqual(flushed.map((_, i) => i + 1));
  expect(small.ring.lost).toBe(0);
});

test('names made up without end are told by their parents, each attempt once, and other phones by name', async () => {
  const { small, flushed, rest } = house();
  small.wall = Date.UTC(2026, 10, 26, 12);
  for (let i = 0; i < 20_000; i++) await small.ask(query(`n${i}.mistat.example`));
  await small.ask(query('n19999.mistat.example'));
  for (let i = 0; i < 300; i++) await small.ask(query(`more${i}.mistat.example`));
  await small.ask(query('other.mistat.example'), '192.168.1.8');
  small.wall += 60_000;
  rest();
  await small.ask(query('data.mistat.example'));
  rest();
  await small.ask(query('later.mistat.example'));
  rest();
  const attempts = flushed.flatMap((batch) => batch.attempts());
  expect(attempts.length).toBe(20_304);
  const of = (domain: string) => attempts.filter((attempt) => attempt.domain === domain).length;
  expect(of('n19999.mistat.example')).toBe(2);
  expect(of('*.mistat.example')).toBe(301);
  expect(attempts.find(({ device }) => device === '192.168.1.8')?.domain).toBe('other.mistat.example');
  expect(of('later.mistat.example')).toBe(1);
});

test('below parents without end all is told as one', async () => {
  const { small, flushed, rest } = house();
  const rule = {
    id: 'r_all',
    scope: { kind: 'everyone' as const },
    target: { kind: 'suffix' as const, value: 'example' },
    action: 'block' as const,
    createdAt: 0,
  };
  small.decide({ rules: [rule] });
  for (let i = 0; i < 30_000; i++) await small.ask(query(`a.n${i}.example`));
  rest();
  const domains = flushed.flatMap((batch) => batch.attempts().map(({ domain }) => domain));
  expect(domains.length).toBe(30_000);
  expect(domains[19_999]).toBe('a.n19999.example');
  expect(domains[20_000]).toBe('*.n20000.example');
  expect(domains.slice(25_000)).toEqual(Array(5000).fill('*'));
  expect(small.ring.lost).toBe(0);
});

test('a ring that nobody empties counts what it has no room for', async () => {
  const small = new SmallHouse(noUpstream, { guard: { rate: 1e6, burst: 1e6 } });
  for (let i = 0; i < 20_000; i++) await small.ask(query('data.mistat.example'));
  const kept = small.attempts().length;
  expect(kept).toBeGreaterThan(10_000);
  expect(kept + small.ring.lost).toBe(20_000);
});

test('a phone that asks the same over and over takes no room from others', async () => {
  const small = new SmallHouse(noUpstream, { guard: { rate: 1e6, burst: 1e6 } });
  for (let i = 0; i < 40_000; i++) await small.ask(query('data.mistat.example'));
  await small.ask(query('data.mistat.example'), '192.168.1.8');
  const attempts = small.attempts();
  expect(attempts.length).toBe(40_001);
  expect(attempts.filter(({ device }) => device === '192.168.1.8').length).toBe(1);
  expect(small.ring.lost).toBe(0);
});

test('attempts keep their times when the clock is set years ahead between two of them', async () => {
  const { small, flushed, rest } = house();
  small.wall = Date.UTC(1970, 0, 2);
  await small.ask(query('data.mistat.example'));
  small.wall = Date.UTC(2026, 10, 20);
  await small.ask(query('data.mistat.example'));
  rest();
  const times = flushed.flatMap((batch) => batch.attempts().map(({ at }) => at));
  expect(times).toEqual([Date.UTC(1970, 0, 2), Date.UTC(2026, 10, 20)]);
});

test('a rule that takes another’s number is not told as the other', async () => {
  const small = new SmallHouse(noUpstream, { guard: { rate: 1e6, burst: 1e6 } });
  const rule = (id: string) => ({
    id,
    scope: { kind: 'everyone' as const },
    target: { kind: 'domain' as const, value: 'data.mistat.example' },
    action: 'block' as const,
    createdAt: 0,
  });
  small.decide({ rules: [rule('r_first')] });
  await small.ask(query('data.mistat.example'));
  small.decide({ rules: [rule('r_second')] });
  await small.ask(query('data.mistat.example'));
  expect(small.attempts().map(({ reason }) => reason)).toEqual(['rule:r_first', 'rule:r_second']);
});

test('each of many rules is told by its own name, asked in turn', async () => {
  const { small, flushed, rest } = house();
  const numbers = Array.from({ length: 90 }, (_, i) => i);
  const rules = numbers.map((i) => ({
    id: `r_${i}`,
    scope: { kind: 'everyone' as const },
    target: { kind: 'domain' as const, value: `n${i}.mistat.example` },
    action: 'block' as const,
    createdAt: 0,
  }));
  small.decide({ rules });
  for (let round = 0; round < 3; round++) {
    for (const i of numbers) await small.ask(query(`n${i}.mistat.example`));
    rest();
  }
  for (const { domain, reason } of flushed.flatMap((batch) => batch.attempts())) {
    expect(reason).toBe(`rule:r_${domain.slice(1, domain.indexOf('.'))}`);
  }
  expect(flushed.reduce((sum, batch) => sum + batch.length, 0)).toBe(270);
});

test('what a flush tells of devices that did not ask again is not kept', async () => {
  const { small, flushed, rest } = house();
  await small.ask(query('data.mistat.example'), '192.168.1.7');
  rest();
  await small.ask(query('data.mistat.example'), '192.168.1.8');
  rest();
  expect(flushed.map((batch) => batch.attempts().map(({ device }) => device))).toEqual([
    ['192.168.1.7'],
    ['192.168.1.8'],
  ]);
  expect(flushed.map(({ counts }) => counts.map(({ device }) => device))).toEqual([['192.168.1.7'], ['192.168.1.8']]);
  expect(Buffer.from(encodedAgain(flushed[1])).toString('latin1')).not.toContain('192.168.1.7');
});
