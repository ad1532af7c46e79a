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

/** Names that lists don't get, whatever they want. */
export interface ProtectedNames {
  /** Without these a phone thinks it is offline or can't keep time: a list that wants one is not let in unasked. */
  readonly neverBlock: readonly string[];
  /** What functions need. Lists want some of them by mistake; purposes speak before lists, so nothing is lost. */
  readonly functional: readonly string[];
}

export function protectedNames(packs: readonly Pack[]): ProtectedNames {
  const neverBlock: string[] = [];
  const functional: string[] = [];
  for (const { name, purpose, confidence } of packs.flatMap((pack) => pack.names)) {
    const { quiet, ...known } = purposes.find(({ id }) => id === purpose)!;
    if ('protected' in known) neverBlock.push(name);
    else if (quiet === 'allow' && confidence !== 'low') functional.push(name);
  }
  return { neverBlock, functional };
}
