import { expect, it } from 'vitest';
import { stateSentence } from '../../../web/data/state-words.ts';

const there = { store: { kind: 'sqlite', reachable: true } };
const phone = (name: string, state: 'covered' | 'partly' | 'not-covered' | 'unknown') => ({
  name,
  coverage: { state },
});

it('names the phones that need a look', () => {
  const phones = [phone('Redmi', 'covered'), phone('POCO', 'not-covered'), phone('Mi 9', 'partly')];
  expect(stateSentence(there, phones)).toBe('1 of 3 phones covered; look at POCO and Mi 9.');
});

it('does not claim that phones are covered before that is known', () => {
  expect(stateSentence(there, [phone('Redmi', 'covered'), phone('POCO', 'unknown')])).toBe(
    '1 of 2 phones covered; the rest isn’t sure yet.',
  );
  expect(stateSentence(there, [phone('POCO', 'unknown')])).toBe('Quell is getting to know 1 phone.');
  expect(stateSentence(there, [phone('Redmi', 'covered')])).toBe('Your phone is covered.');
});

it('says when nothing can be changed, whatever the phones do', () => {
  const away = { store: { kind: 'redis', reachable: false } };
  expect(stateSentence(away, [phone('Redmi', 'covered')])).toMatch(/nothing can be changed/);
});
