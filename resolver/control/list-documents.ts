import type { ListDocuments } from './lists/lists.ts';
import type { Household } from './settings/household.ts';

/** The household's list documents, as the lists' manager follows them. */
export const listDocuments = (household: Household): ListDocuments => ({
  lists: () => household.all('list'),
  watch: (changed) =>
    household.onChange((documents) => {
      // Nothing named: everything may be different, as after a reload.
      if (documents.length === 0 || documents.some(({ kind }) => kind === 'list')) changed();
    }),
});
