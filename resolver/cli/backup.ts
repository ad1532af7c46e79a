import { readFile } from 'node:fs/promises';
import { replaceFile } from '../between/last-state.ts';
import { withApi } from './local-api.ts';

/** Settings without secrets, as JSON. */
export async function exportTo(file: string | undefined): Promise<void> {
  const text = await withApi(async (call) => JSON.stringify(await call('GET', '/export'), undefined, 2));
  if (file === undefined) console.log(text);
  else await replaceFile(file, `${text}\n`);
}

/** What `exportTo` wrote. @throws Error with a sentence; then nothing was changed */
export async function importFrom(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is no JSON; give a file that "quell export" wrote.`, { cause });
  }
  await withApi((call) => call('POST', '/import', settings));
  console.log('Imported; it is in force now and can be undone under History.');
}
