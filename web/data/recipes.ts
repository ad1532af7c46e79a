import type { Device, Recipe } from './model.ts';

type Made = Pick<Device, 'vendor' | 'likeness'>;

const packOf = ({ id }: Pick<Recipe, 'id'>) => id.slice(0, id.indexOf(':'));

/** Wishes that suit a phone's maker, and whatever is running; every wish where none is known to suit. */
export function recipesFor<Wish extends Pick<Recipe, 'id' | 'running'>>(
  { vendor, likeness }: Made,
  recipes: readonly Wish[],
): readonly Wish[] {
  const made = vendor?.toLowerCase();
  const own = recipes.filter((recipe) => made?.includes(packOf(recipe)) || packOf(recipe) === likeness?.pack);
  if (own.length === 0) return recipes;
  return recipes.filter((recipe) => recipe.running || own.includes(recipe));
}
