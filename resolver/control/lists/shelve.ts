import { join } from 'node:path';
import { type Inspection, inspectList } from '../../../lists/parse/inspect.ts';
import { FetchFailed } from './fetch-failed.ts';
import { noList } from './gate.ts';
import { type IncomingText, readIncoming } from './incoming-text.ts';
import { damaged, sha256, writeKept } from './kept-text.ts';
import { keptName } from './version-shelf.ts';

export interface ShelveTask {
  readonly text: IncomingText;
  /** Bytes that it may have, unpacked. */
  readonly limit: number;
  /** Where the list's versions are kept. */
  readonly folder: string;
  /** Versions that are kept already. */
  readonly known: readonly string[];
  /** That a list had better not block. */
  readonly names: readonly string[];
}

export interface Shelved {
  readonly version: string;
  /** Absent when the version was known. */
  readonly inspection?: Inspection;
}

/**
 * For the child: keeps a text that came under its own hash, when it is new and a list. What another resolver of the
 * household let in was judged there.
 * @throws FetchFailed, TooLarge, or an error when the text is damaged
 */
export function shelve({ text, limit, folder, known, names }: ShelveTask): Shelved {
  const bytes = readIncoming(text, limit);
  const version = sha256(bytes);
  const isShared = 'version' in text;
  if (isShared && version !== text.version) throw damaged();
  if (known.includes(version)) return { version };
  const inspection = inspectList(bytes, names);
  const unusable = isShared ? undefined : noList(inspection);
  if (unusable !== undefined) throw new FetchFailed(unusable);
  writeKept(join(folder, keptName(version)), bytes);
  return { version, inspection };
}
