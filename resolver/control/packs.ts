import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pack } from '../../lists/pack/format.ts';
import { PackError, readPack } from '../../lists/pack.ts';
import { type Purpose, purposes } from '../../lists/purposes.ts';

/** Sources and releases keep the packs in the same place, seen from the project's top. */
const folder = (): string => {
  const bundled = !import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(bundled ? '../lists/packs/' : '../../lists/packs/', import.meta.url));
};

/** The packs that ship with Quell. A broken one is left out and named; the others count. */
export function readShippedPacks(broken: (sentence: string) => void): readonly Pack[] {
  const packs: Pack[] = [];
  for (const name of readdirSync(folder()).filter((name) => name.endsWith('.yaml'))) {
    const file = join(folder(), name);
    try {
      packs.push(readPack(readFileSync(file, 'utf8'), name));
    } catch (error) {
      if (!(error instanceof PackError)) throw error;
      broken(`${error.message} The pack is left out until it is mended.`);
    }
  }
  return packs;
}

/** Names that lists don't get, whatever they want. */
export interface ProtectedNames {
  /** Without these a phone thinks it is offline or can't keep time: a list that wants one is not let in unasked. */
  readonly neverBlock: readonly string[];
  /** What else phones need. Good lists want some of it by mistake; purposes speak before lists, so nothing is lost. */
  readonly functional: readonly string[];
}

export function protectedNames(packs: readonly Pack[]): ProtectedNames {
  const neverBlock: string[] = [];
  const functional: string[] = [];
  for (const { vendor, names } of packs) {
    for (const { name, purpose: id, confidence } of names) {
      const purpose: Purpose = purposes.find((one) => one.id === id)!;
      const isForAll = vendor === undefined || id === 'connectivity-check';
      if (purpose.protected && isForAll && confidence === 'high') neverBlock.push(name);
      else if (purpose.protected || (purpose.quiet === 'allow' && confidence !== 'low')) functional.push(name);
    }
  }
  return { neverBlock, functional };
}
