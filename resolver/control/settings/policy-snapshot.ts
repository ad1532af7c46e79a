import type { PolicySnapshot } from '../../between/policy-snapshot.ts';
import type { DevicePolicy, Rule, WallMs } from '../../policy/model.ts';
import type { DeviceDocument, ListDocument, SettingsDocument } from './documents.ts';

export interface SnapshotParts {
  readonly version: number;
  readonly settings: SettingsDocument;
  readonly devices: readonly DeviceDocument[];
  readonly rules: readonly Rule[];
  readonly lists: readonly ListDocument[];
}

/** The documents as policy sees them. Times stay in: policy itself passes over what has ended. */
export function snapshotOf(parts: SnapshotParts, now: WallMs): PolicySnapshot {
  const { defaultPreset, blockMode, blockTtl } = parts.settings;
  return {
    version: parts.version,
    settings: { defaultPreset, blockMode, blockTtl },
    devices: parts.devices.map((device) => policyOf(device, now)),
    rules: parts.rules,
    lists: parts.lists
      .filter((list) => list.enabled)
      .map(({ id, scope, watchOnly, mode }) => ({ id, scope, watchOnly, mode })),
  };
}

function policyOf(device: DeviceDocument, now: WallMs): DevicePolicy {
  return {
    id: device.id,
    knownAs: knownAs(device),
    groups: device.groups,
    preset: device.preset,
    purposes: device.purposes,
    pausedUntil: device.pausedUntil,
    recording: recordingOf(device, now),
  };
}

function knownAs({ name, suggestedName, identifiers }: DeviceDocument): string[] {
  const called = [name, suggestedName, ...identifiers.map(({ value }) => value)].filter((one) => one !== undefined);
  return [...new Set(called.map((one) => one.toLowerCase()))];
}

/** Full recording without an end, or past it, is none: nobody is watched by an oversight. */
export function recordingOf(device: DeviceDocument, now: WallMs): DeviceDocument['recording'] {
  if (device.recording !== 'everything') return device.recording;
  return device.recordingUntil !== undefined && device.recordingUntil > now ? 'everything' : 'attempts';
}
