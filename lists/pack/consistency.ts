import { purposes } from '../purposes.ts';
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
      const path = ['recipes', at, 'opens', position];
      if (!names.has(name)) yield { path, message: `opens ${name}, which must be one of the pack's names` };
      const beside = openedBeside(pack, name, recipe.opens);
      if (beside) yield { path, message: `opens ${name} and with it ${beside}, which it must name as well` };
    }
  }
  for (const [at, group] of pack.leftOut.entries()) {
    for (const [position, name] of group.names.entries()) {
      if (!names.has(name)) continue;
      yield { path: ['leftOut', at, 'names', position], message: `leaves out ${name}, which the pack also holds` };
    }
  }
}

/** A name that presets may block, below one that a recipe opens with all below it. */
function openedBeside({ names }: Pack, opened: string, opens: readonly string[]): string | undefined {
  if (!names.some(({ name, match }) => name === opened && match === 'suffix')) return undefined;
  const mayBeBlocked = (id: string) => purposes.some((purpose) => purpose.id === id && purpose.quiet === 'block');
  const isBeside = (name: string) => name.endsWith(`.${opened}`) && !opens.includes(name);
  return names.find(({ name, purpose }) => isBeside(name) && mayBeBlocked(purpose))?.name;
}
