import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { purposes } from '../../lists/purposes.ts';

const web = new URL('../../web/', import.meta.url).pathname;

/** Every phrase that the page can say: those in its sources, and the words of the purposes. */
function phrases(): Set<string> {
  const said = new Set<string>(purposes.flatMap(({ title, sentence }) => [title, sentence]));
  for (const file of globSync(`${web}{data,elements,pages}/*.ts`)) {
    const source = readFileSync(file, 'utf8');
    for (const [, single, double] of source.matchAll(/\bmsg\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)) {
      said.add((single ?? double ?? '').replaceAll("\\'", "'"));
    }
  }
  return said;
}

const holes = (phrase: string) => [...phrase.matchAll(/\{\w+\}/g)].map(String).sort();
const said = phrases();
const locales = globSync(`${web}locales/*.ts`);

describe.each(locales.map((file) => [file.slice(`${web}locales/`.length, -'.ts'.length), file]))('%s', (_tag, file) => {
  it('says everything that English says, and nothing that nobody says any more', async () => {
    const { default: translated } = (await import(file)) as { default: Record<string, string> };
    expect(Object.keys(translated).sort()).toEqual([...said].sort());
  });

  it('names the same values in every sentence', async () => {
    const { default: translated } = (await import(file)) as { default: Record<string, string> };
    for (const [english, other] of Object.entries(translated)) expect(holes(other), english).toEqual(holes(english));
  });
});

it('there is more than one language, and the sources were read', () => {
  expect(locales.length).toBeGreaterThan(0);
  expect(said.size).toBeGreaterThan(200);
});
