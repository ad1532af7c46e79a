import { describe, expect, test } from 'vitest';
import { PackError, readPack } from '../../../lists/pack.ts';

const good = `format: 1
id: acme
version: 1.0.0
vendor: Acme
title: Acme phones
names:
  - name: stats.acme.example
    match: exact
    purpose: system-usage
    confidence: high
    regions: [global]
    evidence:
      - says: Seen in the code of the launcher.
        link: https://acme.example/launcher
recipes:
  - id: sign-in
    title: Sign in
    sentence: Opens the account.
    minutes: 10
    opens: [stats.acme.example]
vectors:
  - preset: balanced
    blocks: [stats.acme.example]
decisions: []
leftOut: []
`;

function problemOf(text: string): PackError {
  try {
    readPack(text, 'acme.yaml');
  } catch (error) {
    if (error instanceof PackError) return error;
    throw error;
  }
  throw new Error('The pack was read without complaint.');
}

test('a well-formed pack is read as it stands', () => {
  expect(readPack(good).names[0]).toMatchObject({ name: 'stats.acme.example', purpose: 'system-usage' });
});

describe('a broken pack is refused in one sentence that names file, line, key and remedy:', () => {
  const cases: [what: string, from: string, to: string, line: number, key: string, says: RegExp][] = [
    ['an unknown purpose', 'system-usage', 'spying', 9, 'names[0].purpose', /one of the purposes browser-tracking, /],
    ['an unknown match', 'match: exact', 'match: below', 8, 'names[0].match', /exact, or suffix/],
    ['a misspelt key', 'confidence:', 'confidense:', 10, 'names[0].confidense', /no key of the format/],
    ['a key too many', 'minutes: 10', 'minutes: 10\n    hours: 1', 20, 'recipes[0].hours', /no key of the format/],
    ['an unknown confidence', 'confidence: high', 'confidence: sure', 10, 'names[0].confidence', /high, medium or low/],
    ['a missing list', 'decisions: []\n', '', 1, 'decisions', /must be given, as a list/],
    ['a name in capitals', 'name: stats', 'name: Stats', 7, 'names[0].name', /in lower case/],
    [
      'a link that is none',
      'https://acme.example/launcher',
      'launcher',
      14,
      'names[0].evidence[0].link',
      /web address/,
    ],
    ['a purpose of region', '[global]', '[moon]', 11, 'names[0].regions[0]', /one of cn, global/],
    ['another format', 'format: 1', 'format: 2', 1, 'format', /must be 1/],
    ['a number for a text', 'title: Acme phones', 'title: 5', 5, 'title', /as a text/],
    [
      'a recipe for an unknown name',
      'opens: [stats',
      'opens: [login',
      20,
      'recipes[0].opens[0]',
      /login\.acme\.example/,
    ],
    [
      'a name that is held and left out',
      'leftOut: []',
      'leftOut:\n  - reason: It is not needed here.\n    names: [stats.acme.example]',
      27,
      'leftOut[0].names[0]',
      /which the pack also holds/,
    ],
  ];

  test.each(cases)('%s', (_what, from, to, line, key, says) => {
    const problem = problemOf(good.replace(from, to));
    expect(problem.message).toMatch(says);
    expect(problem.message).toMatch(new RegExp(`^acme\\.yaml, line ${line}, ${RegExp.escape(key)}: [^\\n]*\\.$`));
    expect(problem).toMatchObject({ file: 'acme.yaml', line, key });
  });

  test('a name that stands there twice', () => {
    const entry = good.slice(good.indexOf('  - name'), good.indexOf('recipes:'));
    const problem = problemOf(good.replace('recipes:', `${entry}recipes:`));
    expect(problem.message).toBe(
      'acme.yaml, line 15, names[1].name: stands here a second time: stats.acme.example (exact).',
    );
  });

  test('a text that is no YAML', () => {
    const problem = problemOf(good.replace('names:', 'names: ['));
    expect(problem.message).toMatch(/^acme\.yaml, line \d+: not readable as YAML, [^\n]*\.$/);
  });

  test.each(['', '5', '- a list', 'null'])('no pack at all: %j', (text) => {
    expect(problemOf(text)).toMatchObject({ line: 1, key: '' });
    expect(problemOf(text).message).toMatch(/^acme\.yaml, line 1: must be /);
  });
});
