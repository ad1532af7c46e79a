import type { WallMs } from '../../policy/model.ts';
import { HISTORY_KEPT } from './change-history.ts';
import type { ChangeDocument, DocumentKinds } from './documents.ts';
import type { Household } from './household.ts';

/** What the household had decided at a time in the past can't be told; the message is one sentence. */
export class NotRemembered extends Error {
  override name = 'NotRemembered';
}

type ToldKind = 'settings' | 'device' | 'rule' | 'list';
export type DocumentsThen = { readonly [K in ToldKind]: readonly DocumentKinds[K][] };

/**
 * The household's documents as they were after the last change up to `at`, from history. What history has not
 * heard of is as it is now. Things that end by themselves are still in, for policy looks at their times.
 * @throws NotRemembered
 */
export function documentsAt(household: Pick<Household, 'all' | 'get'>, at: WallMs): DocumentsThen {
  const changes = household.all('change').sort((a, b) => (a.id < b.id ? -1 : 1));
  checkReach(changes, at);
  const told = new Map<string, unknown>();
  for (const change of changes) {
    for (const { kind, id, before, after } of change.documents) {
      const key = `${kind} ${id}`;
      if (change.at <= at) told.set(key, after);
      // The first change after `at` says what there was before it.
      else if (!told.has(key)) told.set(key, before);
    }
  }
  const then = <K extends ToldKind>(kind: K): DocumentKinds[K][] => {
    const documents = new Map(household.all(kind).map((document) => [document.id, document]));
    for (const [key, value] of told) {
      const [of, id] = [key.slice(0, key.indexOf(' ')), key.slice(key.indexOf(' ') + 1)];
      if (of !== kind) continue;
      if (value === undefined) documents.delete(id);
      else documents.set(id, value as DocumentKinds[K]);
    }
    return [...documents.values()];
  };
  return { settings: then('settings'), device: then('device'), rule: then('rule'), list: then('list') };
}

function checkReach(changes: readonly ChangeDocument[], at: WallMs): void {
  const [oldest] = changes;
  if (changes.length >= HISTORY_KEPT && at < oldest.at) {
    throw new NotRemembered(
      `The household's history reaches back to ${new Date(oldest.at).toISOString()}; ask for a later time.`,
    );
  }
  const blank = changes.find((change) => change.at > at && change.documents.some(isBlank));
  if (blank) {
    throw new NotRemembered(
      `What held before "${blank.what}" is not remembered; ask for a time after ${new Date(blank.at).toISOString()}.`,
    );
  }
}

/** Of a change that was too large to keep its contents. */
const isBlank = ({ before, after }: ChangeDocument['documents'][number]): boolean =>
  before === undefined && after === undefined;
