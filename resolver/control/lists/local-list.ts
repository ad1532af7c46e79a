import { open, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { decodeList, tooLarge } from '../../../lists/parse/decode.ts';
import { FetchFailed } from './fetch-failed.ts';

/**
 * Reads `file:kids.txt` below the folder of the household's own lists. Links that lead out of the folder are not
 * followed: whoever may add a list may not read the rest of the disk.
 * @throws FetchFailed, TooLarge
 */
export async function readLocalList(folder: string, address: string, limit: number): Promise<Uint8Array> {
  const name = unescapeName(address.replace(/^file:/, '').replace(/^\/+/, ''));
  const path = await realpath(join(folder, name)).catch(() => undefined);
  if (path === undefined) throw new FetchFailed(`There is no file ${name} in the folder for lists, ${folder}.`);
  const inside = relative(await realpath(folder), path);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`))
    throw new FetchFailed(`Lists are read from the folder ${folder} only.`);
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > limit) throw tooLarge(limit);
    return decodeList(await file.readFile(), limit);
  } finally {
    await file.close();
  }
}

function unescapeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
