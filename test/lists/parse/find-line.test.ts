import { expect, test } from 'vitest';
import { changedNames } from '../../../lists/parse/changed-names.ts';
import { diffLists } from '../../../lists/parse/diff.ts';
import { findLine } from '../../../lists/parse/find-line.ts';
import { inspectList } from '../../../lists/parse/inspect.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const list = bytes(`! Title: x
||ads.example^
||deep.ads.example^
@@||good.ads.example^
||must.good.ads.example^$important
/^stat[0-9]+\\./
||part.example^$denyallow=ok.part.example
`);

test.each([
  ['ads.example', 2, '||ads.example^'],
  ['x.deep.ads.example', 2, '||ads.example^'],
  ['good.ads.example', 4, '@@||good.ads.example^'],
  ['must.good.ads.example', 5, '||must.good.ads.example^$important'],
  ['STAT7.other.example.', 6, '/^stat[0-9]+\\./'],
  ['part.example', 7, '||part.example^$denyallow=ok.part.example'],
])('%s is decided by line %i', (name, line, text) => {
  expect(findLine(list, name)).toMatchObject({ line, text });
});

test.each(['example', 'other.example', 'badads.example', 'x.ok.part.example'])('no line speaks of %s', (name) => {
  expect(findLine(list, name)).toBeUndefined();
});

test('two versions differ in the names they were asked about, and only those are told', () => {
  const after = bytes('||ads.example^\n||new.example^\n');
  expect(changedNames(list, after, ['ads.example', 'good.ads.example', 'www.new.example', 'never.example'])).toEqual([
    { name: 'good.ads.example', before: 'allow', after: 'block' },
    { name: 'www.new.example', before: 'nothing', after: 'block' },
  ]);
});

test('a difference counts everything, names the first, and knows what an entry says', () => {
  const before = bytes('||a.example^\n||b.example^\n||c.example^\n/ads[0-9]/\n');
  const after = bytes('||a.example^\n@@||b.example^\n||d.example^\n||d.example^\n||e.example^\n');
  expect(diffLists(before, after, 2)).toEqual({
    added: {
      count: 3,
      entries: [
        { name: 'b.example', match: 'suffix', action: 'allow' },
        { name: 'd.example', match: 'suffix', action: 'block' },
      ],
    },
    removed: {
      count: 3,
      entries: [
        { name: 'b.example', match: 'suffix', action: 'block' },
        { name: 'c.example', match: 'suffix', action: 'block' },
      ],
    },
  });
});

test('a name is known to be blocked by its parent too, unless the list allows it itself', () => {
  const { blocks, entries, sample } = inspectList(list, ['time.ads.example', 'good.ads.example', 'other.example']);
  expect(blocks).toEqual(['time.ads.example']);
  expect(entries).toEqual({ block: 5, allow: 1 });
  expect(sample[0]).toBe('ads.example');
});
