import { isDeepStrictEqual } from 'node:util';
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

/** Makes policy snapshots in which a device that policy sees no change of is the same object as before. */
export class PolicySnapshots {
  private readonly made = new Map<string, { readonly document: DeviceDocument; readonly policy: DevicePolicy }>();
  private settings: SettingsDocument | undefined;

  /** The documents as policy sees them. Times stay in: policy itself passes over what has ended. */
  of({ version, settings, devices, rules, lists }: SnapshotParts, now: WallMs): PolicySnapshot {
    const { defaultPreset, blockMode, blockTtl, unknownDevices } = settings;
    const sameSettings = settings === this.settings;
    this.settings = settings;
    const policies = devices.map((document) => {
      const before = this.made.get(document.id);
      const isSame = before?.document === document && document.recording !== 'everything' && sameSettings;
      if (isSame) return before.policy;
      const policy = this.policyOf(document, before?.policy, settings, now);
      this.made.set(document.id, { document, policy });
      return policy;
    });
    if (this.made.size > devices.length) this.forgetAllBut(new Set(devices.map(({ id }) => id)));
    return {
      version,
      settings: { defaultPreset, blockMode, blockTtl, unknownDevices },
      devices: policies,
      rules,
      lists: lists
        .filter((list) => list.enabled)
        .map(({ id, scope, watchOnly, mode }) => ({ id, scope, watchOnly, mode })),
    };
  }

  private forgetAllBut(ids: ReadonlySet<string>): void {
    for (const id of this.made.keys()) if (!ids.has(id)) this.made.delete(id);
  }

  private policyOf(
    device: DeviceDocument,
    before: DevicePolicy | undefined,
    settings: SettingsDocument,
    now: WallMs,
  ): DevicePolicy {
    const policy = policyOf(device, settings, now);
    return before && isDeepStrictEqual(policy, before) ? before : policy;
  }
}

function policyOf(device: DeviceDocument, settings: SettingsDocument, now: WallMs): DevicePolicy {
  return {
    id: device.id,
    knownAs: knownAs(device),
    groups: device.groups,
    preset: device.preset,
    purposes: device.purposes,
    ...(isUndecided(device, settings) && { undecided: true }),
    pausedUntil: device.pausedUntil,
    recording: recordingOf(device, now),
  };
}

function knownAs({ name, suggestedName, identifiers }: DeviceDocument): string[] {
  const called = [name, suggestedName, ...identifiers.map(({ value }) => value)].filter((one) => one !== undefined);
  return [...new Set(called.map((one) => one.toLowerCase()))];
}

/**
 * Whether nobody knows it yet, or named it, gave it to anybody or chose anything for it that lasts. A router may speak for many, and
 * whoever was there when the household decided about unknown devices is not one.
 */
export function isUndecided(device: DeviceDocument | undefined, { unknownSince = 0 }: SettingsDocument): boolean {
  if (!device) return true;
  if (device.kind === 'router' || device.firstSeen < unknownSince) return false;
  const chosen = Object.values(device.purposes).some(({ until }) => until === undefined);
  return device.name === undefined && device.preset === undefined && device.groups.length === 0 && !chosen;
}

/** Full recording without an end, or past it, is none: nobody is watched by an oversight. */
export function recordingOf(device: DeviceDocument, now: WallMs): DeviceDocument['recording'] {
  if (device.recording !== 'everything') return device.recording;
  return device.recordingUntil !== undefined && device.recordingUntil > now ? 'everything' : 'attempts';
}
