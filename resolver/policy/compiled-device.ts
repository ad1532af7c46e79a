import { purposeIds } from '../../lists/purposes.ts';
import { type AttachmentContext, attachmentsOf } from './attachments.ts';
import { type ClientCondition, heldConditions } from './client-conditions.ts';
import { levelsFor } from './levels.ts';
import type { DevicePolicy, PolicySettings, PurposeChoice, WallMs } from './model.ts';
import { type Preset, presets } from './presets.ts';
import type { QuietAnswers } from './quiet-answers.ts';
import type { ScopeRules } from './scope-rules.ts';

/** Everything that policy knows about one device, ready for look-ups. */
export interface CompiledDevice {
  /** Empty for a client that no device is known for. */
  readonly id: string;
  readonly preset: Preset;
  readonly pausedUntil: WallMs;
  readonly recording: DevicePolicy['recording'];
  /** Nothing but what the phone needs passes until somebody decides about it. */
  readonly isHeld: boolean;
  /** Own choices in the order of `purposes`; undefined when the preset decides about all. */
  readonly choices: readonly (PurposeChoice | undefined)[] | undefined;
  /** Rules of this device with an end, rules without, rules of its groups in their order. */
  readonly timed: ScopeRules | undefined;
  readonly own: ScopeRules | undefined;
  readonly groups: readonly ScopeRules[];
  readonly attachments: Uint8Array;
  readonly heldConditions: Uint8Array;
  readonly quiet: QuietAnswers | undefined;
  /** Levels of precedence that may speak for it, in their order. */
  readonly levels: readonly number[];
}

export interface DeviceContext extends AttachmentContext {
  readonly settings: Pick<PolicySettings, 'defaultPreset' | 'unknownDevices'>;
  readonly timed: ReadonlyMap<string, ScopeRules>;
  readonly own: ReadonlyMap<string, ScopeRules>;
  readonly groups: ReadonlyMap<string, ScopeRules>;
  readonly everyone: ScopeRules;
  readonly clientConditions: readonly ClientCondition[];
  readonly quiet: ReadonlyMap<string, QuietAnswers>;
}

export function compileDevice(device: DevicePolicy, context: DeviceContext): CompiledDevice {
  const { defaultPreset, unknownDevices } = context.settings;
  const usual = device.undecided && unknownDevices === 'observe' ? 'observe' : defaultPreset;
  const compiled = {
    id: device.id,
    preset: presets[device.preset ?? usual],
    pausedUntil: device.pausedUntil ?? 0,
    recording: device.recording,
    isHeld: device.undecided === true && unknownDevices === 'hold',
    choices: choicesOf(device),
    timed: context.timed.get(device.id),
    own: context.own.get(device.id),
    groups: device.groups.flatMap((group) => context.groups.get(group) ?? []),
    attachments: attachmentsOf(device, context),
    heldConditions: heldConditions(context.clientConditions, device.knownAs ?? []),
    quiet: context.quiet.get(device.id),
  };
  return { ...compiled, levels: levelsFor(compiled, context.everyone) };
}

function choicesOf({ purposes }: DevicePolicy): CompiledDevice['choices'] {
  for (const _ in purposes) return purposeIds.map((id) => purposes[id]);
  return undefined;
}
