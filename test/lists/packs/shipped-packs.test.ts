import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packSchema } from '../../../lists/pack/schema.ts';
import { evidenceFor } from '../../../lists/pack.ts';
import { purposes } from '../../../lists/purposes.ts';
import { namesThatListsBreak } from './names-that-lists-break.ts';
import { isEverBlocked, packFiles, purposeOf, shippedPacks, verdict } from './shipped.ts';

const entries = shippedPacks.flatMap((pack) => pack.names.map((entry) => ({ pack, entry })));
const xiaomi = shippedPacks.find((pack) => pack.id === 'xiaomi')!;

describe('the packs that ship', () => {
  test('are called as their files are', () => {
    expect(packFiles.toSorted()).toEqual(['never-block.yaml', 'samsung.yaml', 'xiaomi.yaml']);
    expect(shippedPacks.map((pack) => `${pack.id}.yaml`)).toEqual(packFiles);
  });

  test('describe their format in the schema beside them', () => {
    const schema = readFileSync(new URL('../../../lists/packs/pack.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(schema)).toEqual(packSchema());
  });

  test('never speak twice of one name', () => {
    const keys = entries.map(({ entry }) => `${entry.name} ${entry.match}`);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  test('give an exact entry and a suffix entry of one name the same purpose', () => {
    const purposeByName = new Map<string, string>();
    for (const { entry } of entries) {
      expect(purposeByName.get(entry.name) ?? entry.purpose, entry.name).toBe(entry.purpose);
      purposeByName.set(entry.name, entry.purpose);
    }
  });

  test('let no guess hide a name that is known to report', () => {
    const firmSuffixes = entries.filter(({ entry }) => entry.match === 'suffix' && entry.confidence !== 'low');
    const hiding = entries.filter(
      ({ entry: guess }) =>
        guess.confidence === 'low' &&
        firmSuffixes.some(({ entry }) => guess.name.endsWith(`.${entry.name}`) && isEverBlocked(entry.purpose)),
    );
    expect(hiding.map(({ entry }) => entry.name)).toEqual([]);
  });

  test('write down why a function may lie below a name that is blocked with everything below it', () => {
    for (const { pack, entry: suffix } of entries) {
      if (suffix.match !== 'suffix' || suffix.confidence === 'low' || !isEverBlocked(suffix.purpose)) continue;
      const functions = entries.filter(
        ({ entry }) => entry.name.endsWith(`.${suffix.name}`) && !isEverBlocked(entry.purpose),
      );
      const decided = pack.decisions.some((decision) => decision.names.includes(suffix.name));
      expect(functions.length === 0 || decided, `${suffix.name} covers ${functions[0]?.entry.name}`).toBe(true);
    }
  });

  test('judge only names that they hold', () => {
    for (const pack of shippedPacks) {
      for (const { names } of pack.decisions) {
        for (const name of names)
          expect(
            pack.names.some((entry) => entry.name === name),
            name,
          ).toBe(true);
      }
    }
  });

  test('state every protected name with certainty, or leave it to be a guess that decides nothing', () => {
    const protectedNames = entries.filter(({ entry }) => purposeOf(entry.purpose).protected);
    expect(protectedNames.length).toBeGreaterThan(25);
    for (const { entry } of protectedNames) {
      expect(verdict(entry.name, 'quiet'), entry.name).toBe('resolves');
    }
  });
});

describe('a preset, when packs alone decide,', () => {
  const cases = shippedPacks.flatMap((pack) => pack.vectors.map((vector) => ({ pack: pack.id, ...vector })));

  test.each(cases)('$preset does what the vectors of $pack say', ({ preset, blocks = [], resolves = [] }) => {
    for (const name of blocks) expect(verdict(name, preset), name).toBe('blocked');
    for (const name of resolves) expect(verdict(name, preset), name).toBe('resolves');
  });

  test('is tried on every vendor pack with all three presets', () => {
    for (const pack of shippedPacks.filter(({ vendor }) => vendor)) {
      expect(new Set(pack.vectors.map(({ preset }) => preset)), pack.id).toEqual(
        new Set(['balanced', 'quiet', 'observe']),
      );
    }
  });
});

describe('the Xiaomi pack', () => {
  test.each(namesThatListsBreak)('names the function of %s, which published lists block', (name) => {
    const found = evidenceFor(shippedPacks, name)!;
    expect(found.entry.name).toBe(name);
    expect(found.entry.confidence).not.toBe('low');
    expect(isEverBlocked(found.entry.purpose)).toBe(false);
    expect(found.entry.breaks).toBeDefined();
  });

  test('has an entry for every purpose', () => {
    const used = new Set(xiaomi.names.map((entry) => entry.purpose));
    expect(purposes.filter(({ id }) => !used.has(id))).toEqual([]);
  });

  test('opens for each of its recipes only names that exist, each of them once', () => {
    expect(xiaomi.recipes.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['system-app-updates', 'sign-in', 'find-my-phone', 'restore-backup', 'themes']),
    );
    for (const { opens } of xiaomi.recipes) expect(new Set(opens).size).toBe(opens.length);
  });

  test('opens the reporter that the update check insists on, and says so', () => {
    const recipe = xiaomi.recipes.find(({ id }) => id === 'system-app-updates')!;
    expect(recipe.opens).toContain('data.mistat.intl.xiaomi.com');
    expect(recipe.sentence).toMatch(/usage reports/);
  });
});

test('every purpose is described in one sentence or two that a household can read', () => {
  for (const { sentence } of purposes) expect(sentence).toMatch(/^[A-Z].{15,160}\.$/);
});
