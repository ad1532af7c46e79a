import { withApi } from './local-api.ts';

interface ListState {
  readonly id: string;
  readonly name: string;
  readonly status?: { readonly says?: string };
  readonly says?: string;
}

/** Looks for new versions of all lists now and says what came of it. */
export async function update(): Promise<void> {
  await withApi(async (call) => {
    const { lists } = (await call('GET', '/lists')) as { lists: ListState[] };
    if (lists.length === 0) console.log('No list is subscribed.');
    for (const { id, name } of lists) {
      const list = (await call('POST', `/lists/${encodeURIComponent(id)}/refresh`)) as ListState;
      console.log(`${name}: ${list.status?.says ?? list.says ?? 'done'}`);
    }
  });
}
