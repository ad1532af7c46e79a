import type { Pack, PackEntry } from './pack/format.ts';
import type { RuleSetBuilder } from './rule-set/builder.ts';

/** What of a pack goes into the rule-set. */
export interface PackNames extends Pick<Pack, 'id' | 'version'> {
  readonly names: readonly Pick<PackEntry, 'name' | 'match' | 'purpose' | 'confidence'>[];
}

export const namesOf = ({ id, version, names }: Pack): PackNames => ({
  id,
  version,
  names: names.map(({ name, match, purpose, confidence }) => ({ name, match, purpose, confidence })),
});

/**
 * Registers the pack as a source and every name as a membership of it. The purpose decides what happens
 * to the name on a device; the membership's action is the form only.
 */
export function addPack(builder: RuleSetBuilder, pack: PackNames): void {
  const source =
    builder.sources.push({ kind: 'pack', id: pack.id, version: pack.version, entries: pack.names.length }) - 1;
  const exact = new Set(pack.names.filter((entry) => entry.match === 'exact').map((entry) => entry.name));
  for (const { name, match, purpose, confidence } of pack.names) {
    const membership = builder.membership({
      source,
      match: match === 'suffix' && exact.has(name) ? 'below' : match,
      action: 'block',
      purpose,
      ...(confidence === 'low' && { tentative: true as const }),
    });
    builder.addName(name, membership);
  }
}
