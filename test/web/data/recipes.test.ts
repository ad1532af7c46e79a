import { expect, it } from 'vitest';
import { recipesFor } from '../../../web/data/recipes.ts';

const update = { id: 'xiaomi:system-app-updates', running: false };
const store = { id: 'samsung:store', running: false };
const all = [update, store];
type Made = Parameters<typeof recipesFor>[0];
const ids = (made: Partial<Made>, recipes = all) => recipesFor({ kind: 'phone', ...made }, recipes).map(({ id }) => id);

it('offers a phone the wishes of its maker, by what it says or by how it behaves', () => {
  expect(ids({ vendor: 'Xiaomi Communications Co Ltd' })).toEqual([update.id]);
  expect(ids({ likeness: { score: 0.8, pack: 'samsung', signals: [] } })).toEqual([store.id]);
});

it('offers every wish where the maker is unknown or has none', () => {
  expect(ids({})).toEqual([update.id, store.id]);
  expect(ids({ vendor: 'Nokia' })).toEqual([update.id, store.id]);
});

it('never hides what is open now', () => {
  const open = [update, { ...store, running: true }];
  expect(ids({ vendor: 'Xiaomi' }, open)).toEqual([update.id, store.id]);
  expect(ids({ kind: 'router' }, open)).toEqual([store.id]);
});
