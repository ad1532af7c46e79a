import { z } from '@hono/zod-openapi';
import { purposeIds } from '../../../../lists/purposes.ts';
import { ActionName, Id, PresetName, PurposeName, Time, TimeIn, Totals } from './common.ts';

export const deviceKinds = ['phone', 'tablet', 'computer', 'tv', 'router', 'other', 'unknown'] as const;
export const identifierSources = [
  'owner',
  'neighbour',
  'lease',
  'edns-mac',
  'edns-subnet',
  'name',
  'address',
  'mdns',
  'reverse',
] as const;

export const Identifier = z
  .object({
    kind: z.enum(['mac', 'address', 'name']),
    value: z.string(),
    /** How it came to be known. */
    source: z.enum(identifierSources),
    firstSeen: Time,
    lastSeen: Time,
  })
  .openapi('Identifier');

export const PurposeState = z
  .object({
    /** What was chosen on this device; `inherit`: the preset decides. */
    action: z.enum(['allow', 'block', 'inherit']),
    /** What choice and preset come to. Rules and pauses stand above it. */
    effective: ActionName,
    until: Time.optional(),
  })
  .openapi('PurposeState');

export const Coverage = z
  .object({
    state: z.enum(['covered', 'partly', 'not-covered', 'unknown']),
    /** How we know, in one sentence. */
    sentence: z.string(),
    /** What would help, where something is wrong. */
    remedy: z.string().optional(),
    provenAt: Time.optional(),
  })
  .openapi('Coverage');

export const Device = z
  .object({
    id: z.string(),
    /** Given by a person, else suggested, else made from vendor or address. */
    name: z.string(),
    /** Whether a person gave the name. */
    named: z.boolean(),
    kind: z.enum(deviceKinds),
    vendor: z.string().optional(),
    identifiers: z.array(Identifier),
    addresses: z.array(z.string()),
    macs: z.array(z.string()),
    /** Ids of the groups and people it belongs to. */
    groups: z.array(z.string()),
    /** The preset in force. */
    preset: PresetName,
    /** True when the household's default preset is in force because none was chosen here. */
    presetInherited: z.boolean(),
    purposes: z.object(
      Object.fromEntries(purposeIds.map((id) => [id, PurposeState])) as Record<
        (typeof purposeIds)[number],
        typeof PurposeState
      >,
    ),
    /** Nothing is blocked on it until then. */
    pause: z.object({ until: Time }).optional(),
    recording: z.enum(['attempts', 'everything', 'nothing']),
    recordingUntil: Time.optional(),
    coverage: Coverage,
    /** How it is recognised, and how sure that is. */
    recognisedBy: z.string(),
    /** Why it may be a phone that a pack is made for, strongest first. */
    likeness: z.object({ score: z.number(), pack: z.string().optional(), signals: z.array(z.string()) }).optional(),
    firstSeen: Time,
    lastSeen: Time,
    /** Missing while the record can't be read. */
    today: Totals.optional(),
  })
  .openapi('Device');

export const Devices = z.object({ devices: z.array(Device) }).openapi('Devices');

/** `null` takes a choice back. */
export const DevicePatch = z
  .strictObject({
    name: z.string().trim().min(1).max(80).nullable(),
    kind: z.enum(deviceKinds),
    vendor: z.string().trim().min(1).max(80).nullable(),
    groups: z.array(Id).max(64),
    preset: PresetName.nullable(),
    recording: z.enum(['attempts', 'everything', 'nothing']),
    /** Needed with `recording: everything`: full recording always ends. */
    recordingUntil: TimeIn.nullable(),
  })
  .partial()
  .openapi('DevicePatch');

export const PurposeChoice = z
  .strictObject({ action: z.enum(['allow', 'block', 'inherit']), until: TimeIn.optional() })
  .openapi('PurposeChoice');

export const Pause = z
  .strictObject({
    minutes: z
      .number()
      .int()
      .min(1)
      .max(7 * 24 * 60),
  })
  .openapi('Pause');

/** These devices disappear into the one in the path; `device` is short for one. */
export const Merge = z
  .union([z.strictObject({ device: Id }), z.strictObject({ devices: z.array(Id).min(1).max(32) })])
  .openapi('Merge');

/** These identifiers leave the device and become a device of their own. */
export const Split = z
  .strictObject({
    identifiers: z.array(z.strictObject({ kind: z.enum(['mac', 'address', 'name']), value: z.string().min(1) })).min(1),
  })
  .openapi('Split');

export const SplitResult = z.object({ device: Device, split: Device }).openapi('SplitResult');

/** A name that may be why something stopped working, likeliest first. */
export const Suspect = z
  .object({
    domain: z.string(),
    purpose: PurposeName.optional(),
    count: z.number().int(),
    firstAt: Time,
    lastAt: Time,
    reason: z.string(),
    /** Why it stands where it stands, in one sentence. */
    says: z.string(),
    /** What the pack says stops working without it. */
    breaks: z.string().optional(),
  })
  .openapi('Suspect');

export const Broke = z
  .object({ device: z.string(), from: Time, to: Time, suspects: z.array(Suspect) })
  .openapi('Broke');
