import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compile } from '../../../lists/compile.ts';
import { DoesNotFit } from '../../../lists/compile-list.ts';
import { readSnapshot, writeSnapshot } from '../../../lists/compile-snapshot.ts';
import { hashName, lanesOfName } from '../../../lists/rule-set/name-hash.ts';
import { RuleSet } from '../../../lists/rule-set/rule-set.ts';

const limits = { names: 1000, patterns: 2 };

const listOf = (id: string, text: string, kind: 'block' | 'allow' = 'block') => ({
  id,
  kind,
  version: `sha-of-${id}`,
  read: () => new TextEncoder().encode(text),
});

const compiled = (...lists: ReturnType<typeof listOf>[]) => compile({ packs: [], lists, limits });

/** What the set says of exactly this name, as "list: action match". */
function at(ruleSet: RuleSet, name: string): string[] {
  const labels = hashName(name);
  const { listSets, sources } = ruleSet.meta;
  const memberships = listSets[ruleSet.find(lanesOfName[2 * labels - 2], lanesOfName[2 * labels - 1])];
  return memberships.map(({ source, action, match }) => `${sources[source].id}: ${action} ${match}`);
}

describe('within one list, parents swallow children', () => {
  const cases: readonly (readonly [string, string, string, number])[] = [
    ['a subdomain after its parent', '||a.example^\n||b.a.example^\n', 'b.a.example', 1],
    ['a subdomain before its parent', '||b.a.example^\n||a.example^\n', 'b.a.example', 1],
    ['the name itself, named exactly too', '||a.example^\na.example\n', 'a.example', 1],
    ['the same line twice', '||a.example^\n||A.example^\n', 'b.a.example', 1],
  ];
  test.each(cases)('%s', (_what, text, child, names) => {
    const { ruleSet } = compiled(listOf('one', text));
    const set = RuleSet.open(ruleSet);
    expect(set.names).toBe(names);
    expect(at(set, child).length).toBe(child === 'a.example' ? 1 : 0);
  });

  test('but an allowed subdomain stays', () => {
    const set = RuleSet.open(compiled(listOf('one', '||a.example^\n@@||b.a.example^\n')).ruleSet);
    expect(at(set, 'b.a.example')).toEqual(['one: allow suffix']);
  });

  test('but an important subdomain stays', () => {
    expect(compiled(listOf('one', '||a.example^\n||b.a.example^$important\n')).names).toBe(2);
  });

  test('but a parent that holds for some types only swallows nothing', () => {
    expect(compiled(listOf('one', '||a.example^$dnstype=A\n||b.a.example^\n')).names).toBe(2);
  });

  test('but the zone’s own name stays beside what is below it', () => {
    const rpz = '$TTL 1\na.example CNAME .\n*.a.example CNAME .\n*.b.a.example CNAME .\n';
    const set = RuleSet.open(compiled(listOf('one', rpz)).ruleSet);
    expect(at(set, 'a.example').sort()).toEqual(['one: block below', 'one: block exact']);
    expect(set.names).toBe(1);
  });

  test('and what was left out is counted', () => {
    const { lists } = compiled(listOf('one', '||a.example^\n||b.a.example^\n||c.example^\n'));
    expect(lists[0]).toMatchObject({ entries: 2, byKind: { suffix: 2, swallowed: 1 } });
  });
});

test('between lists nothing is swallowed, so that a verdict can name its list', () => {
  const set = RuleSet.open(compiled(listOf('one', '||a.example^\n'), listOf('two', 'b.a.example\n')).ruleSet);
  expect(at(set, 'b.a.example')).toEqual(['two: block exact']);
  expect(at(set, 'a.example')).toEqual(['one: block suffix']);
  expect(set.meta.sources).toEqual([
    { kind: 'list', id: 'one', version: 'sha-of-one', entries: 1 },
    { kind: 'list', id: 'two', version: 'sha-of-two', entries: 1 },
  ]);
});

test('every line of an allow list allows', () => {
  const set = RuleSet.open(compiled(listOf('one', '||a.example^\n', 'allow')).ruleSet);
  expect(at(set, 'a.example')).toEqual(['one: allow suffix']);
});

test('equal conditions are kept once', () => {
  const text = '||a.example^$dnstype=A\n||b.example^$dnstype=A\n||c.example^$dnstype=AAAA\n';
  expect(RuleSet.open(compiled(listOf('one', text)).ruleSet).meta.conditions.length).toBe(2);
});

test('patterns beyond the budget of a list are left out and counted', () => {
  const { lists } = compiled(listOf('one', '||a.example^\n/a[0-9]/\n/b[0-9]/\n/c[0-9]/\n'));
  expect(lists[0].byKind).toMatchObject({ pattern: 2, patternsLeftOut: 1 });
});

test('more names than fit are refused in a sentence that says what to do', () => {
  const many = Array.from({ length: 1001 }, (_, at) => `ads${at}.example`).join('\n');
  expect(() => compiled(listOf('big', many))).toThrow(DoesNotFit);
  expect(() => compiled(listOf('big', many))).toThrow(/more than 1,000 names.*choose a smaller list/);
});

describe('the set on the disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quell-snapshot-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const first = compiled(listOf('one', '||a.example^\n')).ruleSet;
  const second = compiled(listOf('one', '||a.example^\n||b.example^\n')).ruleSet;

  test('is read back as it was', () => {
    writeSnapshot(folder, first);
    writeSnapshot(folder, second);
    expect(readSnapshot(folder)?.names).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(['rule-set.bin', 'rule-set.previous.bin']);
  });

  test.each([
    ['cut short', (path: string) => truncateSync(path, 100)],
    ['empty', (path: string) => writeFileSync(path, '')],
    ['of other bytes', (path: string) => writeFileSync(path, Buffer.alloc(second.byteLength, 1))],
    ['missing', (path: string) => rmSync(path)],
  ])('gives way to the one before when it is %s', (_how, damage) => {
    writeSnapshot(folder, first);
    writeSnapshot(folder, second);
    damage(join(folder, 'rule-set.bin'));
    expect(readSnapshot(folder)?.names).toBe(1);
  });

  test('is none where nothing was kept', () => {
    expect(readSnapshot(folder)).toBeUndefined();
  });
});
