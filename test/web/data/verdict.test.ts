import { expect, it } from 'vitest';
import { levels } from '../../../resolver/policy/levels.ts';
import { stepWords } from '../../../web/data/verdict.ts';

it('has words of its own for every level of precedence', () => {
  for (const { id, title } of levels) {
    const words = stepWords({ level: id, title: `<${title}>`, spoke: true, action: 'block' });
    expect(words, id).toMatch(/^[^<]+: blocked it$/);
  }
});
