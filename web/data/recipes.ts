import type { Device, Recipe } from './model.ts';
import { arePhones } from './phones.ts';

type Made = Pick<Device, 'kind' | 'vendor' | 'likeness'>;

const packOf = ({ id }: Pick<Recipe, 'id'>) => id.slice(0, id.indexOf(':'));

/** Wishes that suit a phone's maker, or every wish where none is known to suit; and whatever is open. */
export function recipesFor<Wish extends Pick<Recipe, 'id' | 'running'>>(
  device: Made,
  recipes: readonly Wish[],
): readonly Wish[] {
  if (!arePhones(device)) return recipes.filter((recipe) => recipe.running);
  const made = device.vendor?.toLowerCase();
  const own = recipes.filter((recipe) => made?.includes(packOf(recipe)) || packOf(recipe) === device.likeness?.pack);
  if (own.length === 0) return recipes;
  return recipes.filter((recipe) => recipe.running || own.includes(recipe));
}
