import type { Saying } from './entry.ts';
import { type Finding, findLines } from './find-line.ts';

/** A name about which two versions of a list disagree. */
export interface ChangedName {
  readonly name: string;
  readonly before: Saying['action'] | 'nothing';
  readonly after: Saying['action'] | 'nothing';
}

/**
 * Which of the given names a new version would have treated otherwise.
 * @param before the version in use, or `undefined` for a list that is not subscribed yet
 */
export function changedNames(
  before: Uint8Array | undefined,
  after: Uint8Array,
  names: readonly string[],
): ChangedName[] {
  const old = before === undefined ? new Map<string, Finding>() : findLines(before, names);
  const fresh = findLines(after, names);
  return names
    .map((name) => ({ name, before: says(old.get(name)), after: says(fresh.get(name)) }))
    .filter((change) => change.before !== change.after);
}

const says = (finding: Finding | undefined): ChangedName['after'] => finding?.saying.action ?? 'nothing';
