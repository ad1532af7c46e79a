import { isDeepStrictEqual } from 'node:util';
import { Conflict } from '../store/store.ts';
import type { ChangeDocument, DocumentKinds } from './documents.ts';
import type { Changed, Edit, Kind } from './edit.ts';

/** Changes kept; older ones fall out one by one. */
export const HISTORY_KEPT = 1000;

/** A change of more documents than this (an import) is noted without their contents and can't be undone. */
const UNDOABLE_DOCUMENTS = 500;

const secretKinds: ReadonlySet<Kind> = new Set(['account', 'session', 'token', 'link', 'change']);

/** What history keeps of a change; never secrets. */
export function documentsOfHistory(changed: readonly Changed[]): ChangeDocument['documents'] {
  const shown = changed.filter(({ kind }) => !secretKinds.has(kind));
  if (shown.length <= UNDOABLE_DOCUMENTS) return shown;
  return shown.map(({ kind, id }) => ({ kind, id }));
}

export const canUndo = (change: ChangeDocument): boolean =>
  change.documents.some(({ before, after }) => before !== undefined || after !== undefined);

/** The edits that take a change back, and leave alone what it did not touch. */
export function undoOf(change: ChangeDocument): Edit[] {
  return change.documents.map(
    ({ kind, id, before, after }) =>
      ({
        kind: kind as Kind,
        id,
        edit: (current: unknown) => takeBack(current, before, after) as DocumentKinds[Kind] | undefined,
      }) as Edit,
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Undoes `before → after` on a value that may have gone on changing elsewhere: key by key, so that a
 * phone's new address or another purpose's switch does not stand in the way.
 * @throws Conflict where the same part was changed again
 */
function takeBack(current: unknown, before: unknown, after: unknown): unknown {
  if (isDeepStrictEqual(before, after)) return current;
  if (isDeepStrictEqual(current, after)) return before;
  if (!isRecord(current) || !isRecord(before) || !isRecord(after)) {
    throw new Conflict('This was changed again later; undo the later change first.');
  }
  const result = { ...current };
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const value = takeBack(current[key], before[key], after[key]);
    if (value === undefined) delete result[key];
    else result[key] = value;
  }
  return result;
}
