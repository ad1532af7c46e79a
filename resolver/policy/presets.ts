import { purposes } from '../../lists/purposes.ts';
import type { Action, PresetId } from './model.ts';

/** A preset says one thing about every purpose, and whether subscribed lists may decide at all. */
export interface Preset {
  readonly id: PresetId;
  readonly title: string;
  readonly sentence: string;
  readonly listsDecide: boolean;
  /** In the order of `purposes`. */
  readonly actions: readonly Action[];
}

export const presets: Readonly<Record<PresetId, Preset>> = {
  balanced: {
    id: 'balanced',
    title: 'Balanced',
    sentence: 'Blocks tracking, usage reports and ads; leaves everything the phone does for you.',
    listsDecide: true,
    actions: purposes.map((purpose) => purpose.balanced),
  },
  quiet: {
    id: 'quiet',
    title: 'Quiet',
    sentence: 'Also blocks suggestions, scans, location services and ways around your DNS.',
    listsDecide: true,
    actions: purposes.map((purpose) => purpose.quiet),
  },
  observe: {
    id: 'observe',
    title: 'Observe',
    sentence: 'Blocks nothing and records everything that would matter.',
    listsDecide: false,
    actions: purposes.map(() => 'allow'),
  },
};
