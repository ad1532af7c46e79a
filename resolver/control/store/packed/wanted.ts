import type { PurposeId } from '../../../../lists/purposes.ts';
import type { Outcome, WallMs } from '../../../policy/model.ts';
import { nameFromText } from '../../../wire/name.ts';
import type { Dictionary } from './dictionary.ts';

/** A name that is asked for. */
export interface WantedName {
  readonly text: string;
  /** Missing for what can be no name. */
  readonly wire?: Uint8Array;
  /** Whether names below it are, too. */
  readonly andBelow: boolean;
}

/** @param domain a name, or `*.name` for a name and all below it */
export const wantedName = (domain: string): WantedName =>
  domain.startsWith('*.') ? { ...theName(domain.slice(2)), andBelow: true } : theName(domain);

/** That name alone, also one that begins with an asterisk. */
export const theName = (text: string): WantedName => ({ text, wire: nameFromText(text), andBelow: false });

export interface EntryFilter {
  readonly purpose?: PurposeId;
  readonly outcome?: Outcome;
  readonly name?: WantedName;
}

/** The entries of a device that are asked for. None of them is read to find out: a household has tens of thousands. */
export class Wanted {
  readonly dictionary: Dictionary;
  /** When the first of them appeared; infinite where there are none. */
  readonly firstAt: WallMs = Number.POSITIVE_INFINITY;
  /** Whether it is asked for, and was there when the dictionary was read. */
  readonly has: (entry: number) => boolean;

  constructor(dictionary: Dictionary, { purpose, outcome, name }: EntryFilter) {
    this.dictionary = dictionary;
    const isWanted = new Uint8Array(dictionary.size + 1);
    for (let number = 1; number <= dictionary.size; number++) {
      const traits = dictionary.traits(number);
      if (!traits || (purpose !== undefined && traits.purpose !== purpose)) continue;
      if (outcome !== undefined && traits.outcome !== outcome) continue;
      if (name && !dictionary.isFor(number, name)) continue;
      isWanted[number] = 1;
      this.firstAt = Math.min(this.firstAt, dictionary.firstAt(number)!);
    }
    this.has = (entry) => isWanted[entry] === 1;
  }
}
