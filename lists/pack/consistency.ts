import type { Pack } from './format.ts';

/** Something that no single key shows to be wrong; `path` leads to the key that should change. */
export interface Inconsistency {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What holds between the parts of one pack: each name once, and nothing that points at a name that isn't there. */
export function* inconsistencies(pack: Pack): Generator<Inconsistency> {
  const seen = new Set<string>();
  for (const [at, { name, match, purpose, also }] of pack.names.entries()) {
    const key = `${match} ${name}`;
    if (seen.has(key)) yield { path: ['names', at, 'name'], message: `stands here a second time: ${name} (${match})` };
    seen.add(key);
    if (also?.includes(purpose)) yield { path: ['names', at, 'also'], message: `repeats the main purpose ${purpose}` };
  }
  const names = new Set(pack.names.map((entry) => entry.name));
  for (const [at, recipe] of pack.recipes.entries()) {
    for (const [position, name] of recipe.opens.entries()) {
      if (names.has(name)) continue;
      yield {
        path: ['recipes', at, 'opens', position],
        message: `opens ${name}, which must be one of the pack's names`,
      };
    }
  }
  for (const [at, group] of pack.leftOut.entries()) {
    for (const [position, name] of group.names.entries()) {
      if (!names.has(name)) continue;
      yield { path: ['leftOut', at, 'names', position], message: `leaves out ${name}, which the pack also holds` };
    }
  }
}
