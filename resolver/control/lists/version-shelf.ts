import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { WallMs } from '../../policy/model.ts';
import type { KeptVersion } from './list-state.ts';

/** Of a version's text on the disk, packed. */
export const keptName = (version: string): string => `${version}.zst`;

const KEPT = 5;
const FORGOTTEN_AFTER = 30 * 24 * 3_600_000;

/** Which versions stay when a new one comes: the newest few, and any that is still needed. */
export function keepNewest(versions: readonly KeptVersion[], needed: readonly (string | undefined)[]): KeptVersion[] {
  return versions.filter((version, age) => age < KEPT || needed.includes(version.version));
}

/** Removes texts that no state speaks of, such as those of an update that was cut off. */
export async function removeStrays(folder: string, versions: readonly KeptVersion[]): Promise<void> {
  const kept = new Set(['state.json', ...versions.map((version) => keptName(version.version))]);
  const files = await readdir(folder).catch(() => []);
  await Promise.all(files.filter((file) => !kept.has(file)).map((file) => rm(join(folder, file), { force: true })));
}

/** Removes what is left of lists that were removed a month ago; until then the removal can be undone. */
export async function removeForgotten(folder: string, known: readonly string[], now: WallMs): Promise<void> {
  const others = (await readdir(folder).catch(() => [])).filter((name) => !known.includes(name));
  for (const name of others) {
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: now }));
    if (now - mtimeMs > FORGOTTEN_AFTER) await rm(join(folder, name), { recursive: true, force: true });
  }
}
