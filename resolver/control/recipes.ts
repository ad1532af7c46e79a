import type { Pack, Recipe } from '../../lists/pack/format.ts';
import type { Rule, Schedule, Target, WallMs } from '../policy/model.ts';
import { newId } from './settings/id.ts';

/** A wish of a pack, by a key that no other pack has: `xiaomi:find-my-phone`. */
export interface KnownRecipe {
  readonly key: string;
  readonly pack: Pack;
  readonly recipe: Recipe;
}

export const recipesOf = (packs: readonly Pack[]): KnownRecipe[] =>
  packs.flatMap((pack) => pack.recipes.map((recipe) => ({ key: `${pack.id}:${recipe.id}`, pack, recipe })));

/** What is known of a phone's maker. */
export interface Maker {
  readonly vendor?: string;
  /** Id of the pack that it behaves like. */
  readonly likePack?: string;
}

/** @param wish a key, or a recipe's own id, of which several packs may have one: then the phone's maker decides */
export function findRecipe(
  packs: readonly Pack[],
  wish: string,
  { vendor = '', likePack }: Maker = {},
): KnownRecipe | undefined {
  const found = recipesOf(packs)
    .filter(({ key, recipe }) => key === wish || recipe.id === wish)
    // Of phones that hide who made them, most are of the vendor that is known best.
    .sort((a, b) => b.pack.names.length - a.pack.names.length);
  const isOwn = ({ pack }: KnownRecipe) =>
    pack.vendor !== undefined && vendor.toLowerCase().includes(pack.vendor.toLowerCase());
  return found.find(isOwn) ?? found.find(({ pack }) => pack.id === likePack) ?? found[0];
}

/** When a recipe holds: for a while from now, or every week. */
export type When = { readonly until: WallMs } | { readonly schedule: Schedule };

/** One rule for each name that the recipe opens on a phone, and nothing else. */
export function rulesOf(
  { key, pack, recipe }: KnownRecipe,
  { device, when, now }: { readonly device: string; readonly when: When; readonly now: WallMs },
): Rule[] {
  return recipe.opens.map((name) => ({
    id: newId('r'),
    scope: { kind: 'device', id: device },
    target: targetOf(pack, name),
    action: 'allow',
    ...when,
    comment: `Recipe: ${recipe.title}`,
    recipe: key,
    createdAt: now,
  }));
}

/** A name is opened as far as its entry matches. */
function targetOf({ names }: Pack, name: string): Target {
  const isSuffix = names.some((entry) => entry.name === name && entry.match === 'suffix');
  return { kind: isSuffix ? 'suffix' : 'domain', value: name };
}
