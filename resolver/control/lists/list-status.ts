import type { EntryCounts } from '../../../lists/compile-list.ts';
import type { Format } from '../../../lists/parse/format.ts';
import type { WallMs } from '../../policy/model.ts';
import type { Subscription } from './subscription.ts';

/** What the household sees of a list. */
export interface ListStatus {
  readonly id: string;
  readonly state: 'waiting' | 'updating' | 'live' | 'held' | 'failed' | 'off';
  /** One sentence. */
  readonly says: string;
  /** SHA-256 of the text in use; the rest speaks of this version. */
  readonly version?: string;
  readonly format?: Format;
  readonly entries?: number;
  /** Entries by kind, as they are in the rule-set. */
  readonly byKind?: EntryCounts;
  readonly skipped?: number;
  readonly skippedBecause?: Readonly<Record<string, number>>;
  readonly bad?: number;
  /** The first lines that were not understood. */
  readonly problems?: readonly { readonly line: number; readonly message: string }[];
  /** Names that phones need and that it wants to block: they are protected all the same. */
  readonly blocks?: readonly string[];
  readonly held?: { readonly version: string; readonly reasons: readonly string[] };
  readonly lastError?: string;
  readonly checkedAt?: WallMs;
  readonly changedAt?: WallMs;
  readonly nextAt?: WallMs;
}

export function statusOf(subscription: Subscription): ListStatus {
  const { document, state, held, used, compiled } = subscription;
  return {
    id: document.id,
    ...stateAndSentence(subscription),
    version: used?.version,
    format: used?.format,
    entries: used?.entries,
    byKind: compiled?.byKind,
    skipped: used?.skipped,
    skippedBecause: used?.skippedBecause,
    bad: used?.bad,
    problems: used?.badLines.map(({ line, reason, text }) => ({ line, message: `${reason}: ${text}` })),
    blocks: used?.blocks,
    held: held && { version: held.version, reasons: held.held ?? [] },
    lastError: state.lastError,
    checkedAt: state.checkedAt,
    changedAt: state.changedAt,
    nextAt: document.enabled ? state.nextAt : undefined,
  };
}

function stateAndSentence(subscription: Subscription): Pick<ListStatus, 'state' | 'says'> {
  const { document, state, held, used, wanted, leftOut, search, hasCandidate } = subscription;
  if (!document.enabled) return { state: 'off', says: 'Switched off.' };
  if (leftOut !== undefined) return { state: 'failed', says: leftOut };
  if (search.isChecking) return { state: 'updating', says: 'Looking for a new version.' };
  if (hasCandidate) return { state: 'updating', says: 'A new version is being put to use.' };
  const stays = used ? ' The version in use stays.' : '';
  if (state.lastError !== undefined) return { state: 'failed', says: `${state.lastError}${stays}` };
  if (held?.held !== undefined) return { state: 'held', says: `A new version waits for you. ${held.held[0]}${stays}` };
  if (wanted === undefined) return { state: 'waiting', says: 'Not fetched yet.' };
  if (used?.version !== wanted.version) return { state: 'updating', says: 'It is being put to use.' };
  return {
    state: 'live',
    says: `${used.entries.toLocaleString('en')} entries in use.${sayProtected(used.blocks)}`,
  };
}

function sayProtected(names: readonly string[]): string {
  if (names.length === 0) return '';
  if (names.length === 1) return ` It also wants ${names[0]}, which phones need; Quell protects it.`;
  return ` It also wants ${names.length} names that phones need, such as ${names[0]}; Quell protects them.`;
}
