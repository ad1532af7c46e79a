import type { SharedVersions } from './lists/agreement.ts';
import type { ListVersionDocument } from './settings/documents.ts';
import type { Edit } from './settings/edit.ts';
import type { Household } from './settings/household.ts';
import type { Texts } from './store/store.ts';

/** What the household's resolvers agreed on about lists: the version in a document, its text beside the documents. */
export const sharedVersions = (household: Household, texts: Texts): SharedVersions => ({
  of: (list) => household.get('list-version', list),
  watch: (changed) =>
    household.onChange((documents) => {
      if (documents.some(({ kind }) => kind === 'list-version' || kind === 'list')) changed();
    }),
  text: (version) => texts.get(version),
  keep: async (version, text) => {
    await texts.put(version, text, needed(household));
  },
  agree: async (proposed, text) => {
    // Before it is agreed on, so that it is there for those who hear of it.
    await texts.put(proposed.version, text, needed(household));
    const edit = (before?: ListVersionDocument) => (isOutdone(proposed, before) ? before : proposed);
    await household.note([{ kind: 'list-version', id: proposed.id, edit }, ...withoutList(household)]);
  },
});

const isOutdone = (proposed: ListVersionDocument, before?: ListVersionDocument): boolean =>
  before !== undefined && before.url === proposed.url && before.since >= proposed.since;

function needed(household: Household): ReadonlySet<string> {
  const pinned = household.all('list').flatMap((list) => list.pinned ?? []);
  const agreed = household.all('list-version').filter(({ id }) => household.get('list', id));
  return new Set([...pinned, ...agreed.map(({ version }) => version)]);
}

const withoutList = (household: Household): Edit[] =>
  household
    .all('list-version')
    .filter(({ id }) => !household.get('list', id))
    .map(({ id }) => ({ kind: 'list-version', id, edit: () => undefined }));
