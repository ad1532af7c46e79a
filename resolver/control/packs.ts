import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pack } from '../../lists/pack/format.ts';
import { PackError, readPack } from '../../lists/pack.ts';
import { purposes } from '../../lists/purposes.ts';

export interface ShippedPacks {
  readonly files: readonly string[];
  readonly packs: readonly Pack[];
}

/** Sources and releases keep the packs in the same place, seen from the project's top. */
const folder = (): string => {
  const bundled = !import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(bundled ? '../lists/packs/' : '../../lists/packs/', import.meta.url));
};

/** The packs that ship with Quell. A broken one is left out and named; the others count. */
export function readShippedPacks(broken: (sentence: string) => void): ShippedPacks {
  const files: string[] = [];
  const packs: Pack[] = [];
  for (const name of readdirSync(folder()).filter((name) => name.endsWith('.yaml'))) {
    const file = join(folder(), name);
    try {
      packs.push(readPack(readFileSync(file, 'utf8'), name));
      files.push(file);
    } catch (error) {
      if (!(error instanceof PackError)) throw error;
      broken(`${error.message} The pack is left out until it is mended.`);
    }
  }
  return { files, packs };
}

/** Names that no list may take from a phone. */
export function protectedNames(packs: readonly Pack[]): string[] {
  const guarded = new Set<string>(purposes.filter((purpose) => 'protected' in purpose).map(({ id }) => id));
  return packs.flatMap((pack) => pack.names.filter(({ purpose }) => guarded.has(purpose)).map(({ name }) => name));
}
