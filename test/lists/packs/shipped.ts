import { readdirSync, readFileSync } from 'node:fs';
import type { Pack } from '../../../lists/pack/format.ts';
import { evidenceFor, readPack } from '../../../lists/pack.ts';
import { type Purpose, purposes } from '../../../lists/purposes.ts';

const folder = new URL('../../../lists/packs/', import.meta.url);

export const packFiles = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

export const shippedPacks: readonly Pack[] = packFiles.map((file) =>
  readPack(readFileSync(new URL(file, folder), 'utf8'), file),
);

export type Preset = 'balanced' | 'quiet' | 'observe';

export const purposeOf = (id: string): Purpose => purposes.find((purpose) => purpose.id === id)!;

/** What a preset does with a name when packs alone decide. */
export function verdict(name: string, preset: Preset): 'blocked' | 'resolves' {
  const found = evidenceFor(shippedPacks, name);
  if (!found || preset === 'observe' || found.entry.confidence === 'low') return 'resolves';
  return purposeOf(found.entry.purpose)[preset] === 'block' ? 'blocked' : 'resolves';
}

/** Whether one of the presets blocks the purpose. */
export const isEverBlocked = (id: string) => purposeOf(id).balanced === 'block' || purposeOf(id).quiet === 'block';
