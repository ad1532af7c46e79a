import { msg } from '@lit/localize';
import type { PresetId } from './model.ts';

export interface Preset {
  readonly value: PresetId;
  readonly title: string;
  readonly sentence: string;
}

export const presets = (): readonly Preset[] => [
  {
    value: 'balanced',
    title: msg('Balanced'),
    sentence: msg('Stops reports and advertising; everything the phone does for you keeps working.'),
  },
  {
    value: 'quiet',
    title: msg('Quiet'),
    sentence: msg('Stops suggestions, location services and scans too. Some apps will show less.'),
  },
  {
    value: 'observe',
    title: msg('Observe'),
    sentence: msg('Blocks nothing and writes down what the phone tried.'),
  },
];

export const presetTitle = (id: PresetId): string => presets().find((preset) => preset.value === id)?.title ?? id;
