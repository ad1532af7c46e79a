import type { DevicePolicy, ListAttachment, PolicySettings, QuietAnswer, Rule } from '../policy/model.ts';

/**
 * All that answering needs to decide, as control last knew it. Sent whole, later what changed; also kept on disk, so that
 * answering starts before control does. The rule-set travels beside it as a shared buffer.
 */
export interface PolicySnapshot {
  /** Grows with every change of the household. */
  readonly version: number;
  readonly settings: PolicySettings;
  readonly devices: readonly DevicePolicy[];
  readonly rules: readonly Rule[];
  readonly lists: readonly ListAttachment[];
  readonly quiet?: readonly QuietAnswer[];
}

export const emptyPolicySnapshot: PolicySnapshot = {
  version: 0,
  settings: { defaultPreset: 'balanced', blockMode: 'null', blockTtl: 10 },
  devices: [],
  rules: [],
  lists: [],
};
