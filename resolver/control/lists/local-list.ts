import { closeSync, constants, fstatSync, openSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { decodeList, TooLarge, tooLarge } from '../../../lists/parse/decode.ts';
import { fillInPieces } from '../../../lists/short-calls.ts';
import { FetchFailed } from './fetch-failed.ts';

/** What is no file any more, or waits for somebody to write to it, is not waited for. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * For the child: reads `file:kids.txt` below the folder of the household's own lists. Links that lead out of the folder
 * are not followed: whoever may add a list may not read the rest of the disk. Of a file that is written meanwhile it
 * takes what it finds, at most as much as there was at first; the next look gets the rest.
 * @throws FetchFailed, TooLarge
 */
export function readLocalList(
  { address, folder }: { readonly address: string; readonly folder: string },
  limit: number,
): Uint8Array {
  const name = unescapeName(address.replace(/^file:/, '').replace(/^\/+/, ''));
  try {
    return decodeList(read(pathWithin(folder, name), limit), limit);
  } catch (error) {
    if (error instanceof FetchFailed || error instanceof TooLarge) throw error;
    throw new FetchFailed(`The file ${name} could not be read (${(error as Error).message}).`, { cause: error });
  }
}

function pathWithin(folder: string, name: string): string {
  const path = realPath(join(folder, name));
  const root = realPath(folder);
  if (path === undefined || root === undefined)
    throw new FetchFailed(`There is no file ${name} in the folder for lists, ${folder}.`);
  const inside = relative(root, path);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`))
    throw new FetchFailed(`Lists are read from the folder ${folder} only.`);
  return path;
}

function read(path: string, limit: number): Uint8Array {
  const file = openSync(path, FLAGS);
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw new Error('it is no file');
    if (found.size > limit) throw tooLarge(limit);
    const bytes = Buffer.allocUnsafe(found.size);
    return bytes.subarray(0, fillInPieces(file, bytes));
  } finally {
    closeSync(file);
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function unescapeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
