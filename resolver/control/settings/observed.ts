import type { PresetId, WallMs } from '../../policy/model.ts';
import type { DeviceDocument, SettingsDocument } from './documents.ts';
import type { Household } from './household.ts';

/**
 * When the preset of a device was last "observe", so that nothing was blocked by its purposes, as far as history
 * goes back; undefined when it never was.
 */
export function lastObserved(
  household: Pick<Household, 'all' | 'get' | 'settings'>,
  device: Pick<DeviceDocument, 'id' | 'preset' | 'firstSeen'>,
  now: WallMs,
): { from: WallMs; to: WallMs } | undefined {
  let to = now;
  let own = device.preset;
  let common: PresetId = household.settings().defaultPreset;
  // Backwards: history tells what was before each change.
  for (const { at, documents } of household.all('change').sort((a, b) => b.at - a.at)) {
    const later = own ?? common;
    for (const { kind, id, before: was, after } of documents) {
      if (kind === 'device' && id === device.id && was && after) own = (was as DeviceDocument).preset;
      if (kind === 'settings' && after) common = (was as SettingsDocument | undefined)?.defaultPreset ?? 'balanced';
    }
    if (later === (own ?? common)) continue;
    if (later === 'observe') return { from: at, to };
    to = at;
  }
  return (own ?? common) === 'observe' && device.firstSeen < to ? { from: device.firstSeen, to } : undefined;
}
