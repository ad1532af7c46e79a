import type { WallMs } from '../../policy/model.ts';
import { freshState, type KeptVersion, type ListState } from './list-state.ts';
import { nextCheck } from './schedule.ts';

/** When something happened to a list, and what decides when the list is looked for again. */
export interface Moment {
  readonly now: WallMs;
  readonly everyHours?: number;
  /** 0 to 1. */
  readonly random: number;
}

/** Its address gave an answer. @param expiresHours what the header of the text asks for */
export function checked(state: ListState, moment: Moment, expiresHours = state.expiresHours): ListState {
  const nextAt = nextCheck({ ...moment, expiresHours, failures: 0, checkedAt: moment.now });
  return { ...state, expiresHours, checkedAt: moment.now, nextAt, failures: 0, lastError: undefined };
}

/** Nothing came of looking for a new version. @param lastError a sentence */
export function failed(state: ListState, moment: Moment, lastError: string): ListState {
  const failures = state.failures + 1;
  const { expiresHours } = state;
  const nextAt = nextCheck({ ...moment, expiresHours, failures, checkedAt: moment.now });
  return { ...state, failures, lastError, checkedAt: moment.now, nextAt };
}

/** The owner chose another pace. */
export function paced(state: ListState, moment: Moment): ListState {
  return { ...state, nextAt: nextCheck({ ...state, ...moment, checkedAt: state.checkedAt ?? 0 }) };
}

/** The owner wants a kept version, and so not the one in use. */
export function chosen(state: ListState, version: string): ListState {
  const rejected = [...state.rejected, ...(state.live && state.live !== version ? [state.live] : [])];
  return {
    ...state,
    live: version,
    versions: released(state.versions, version),
    rejected: [...new Set(rejected)].filter((other) => other !== version),
  };
}

/** The version that was to go live has to wait for the owner. */
export function refused(state: ListState, candidate: ListState, reason: string): ListState {
  const versions = candidate.versions.map((kept) =>
    kept.version === candidate.live ? { ...kept, held: [reason] } : kept,
  );
  return { ...candidate, versions, live: state.live, changedAt: state.changedAt };
}

export const DAMAGED = 'The kept copy was damaged and is fetched again.';

/** The text of a version is not what it should be. The one before it is used until the list is fetched again. */
export function withoutDamaged({ url, versions, rejected }: ListState, version: string): ListState {
  const whole = versions.filter((kept) => kept.version !== version);
  const live = whole.find((kept) => kept.held === undefined && !rejected.includes(kept.version))?.version;
  return { ...freshState(url), versions: whole, live, rejected, lastError: DAMAGED };
}

export const released = (versions: readonly KeptVersion[], version: string): KeptVersion[] =>
  versions.map((kept) => (kept.version === version ? { ...kept, held: undefined } : kept));
