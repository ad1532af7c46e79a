import { expect, it } from 'vitest';
import type { Rule } from '../../../web/data/model.ts';
import { rulesOf } from '../../../web/data/rules.ts';

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({
  id,
  scope: { kind: 'device', id: 'redmi' },
  target: { kind: 'domain', value: 'name.example' },
  action: 'allow',
  createdAt: '2026-03-01T10:00:00.000Z',
  ...more,
});

it('a phone’s rules are its own; those of a recipe end together and are not told one by one', () => {
  const rules = [
    rule('lasting'),
    rule('of a recipe', { recipe: 'xiaomi:sign-in', until: '2026-03-01T10:30:00.000Z' }),
    rule('ending', { until: '2026-03-01T10:10:00.000Z' }),
    rule('of another phone', { scope: { kind: 'device', id: 'poco' } }),
    rule('of everyone', { scope: { kind: 'everyone' } }),
  ];
  expect(rulesOf(rules, 'redmi').map(({ id }) => id)).toEqual(['ending', 'lasting']);
});
