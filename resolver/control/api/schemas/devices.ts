import { z } from '@hono/zod-openapi';
import { purposeIds } from '../../../../lists/purposes.ts';
import { unknownDevicePolicies } from '../../../policy/model.ts';
import { coverageReasons } from '../../coverage/coverage.ts';
import { ActionName, BlockModeName, Id, PresetName, PurposeName, Time, TimeIn, Totals } from './common.ts';

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
    /** How far that can be trusted, 0 to 1. */
    confidence: z.number(),
    firstSeen: Time,
    lastSeen: Time,
    /** A MAC that the device made up itself, as phones do for each network. */
    madeUp: z.boolean().optional(),
    /** A MAC that several devices stand behind, as behind a repeater. */
    shared: z.boolean().optional(),
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
    /** The same for programs; `seconds` since it asked, or that it has been here without. */
    why: z.object({
      reason: z.enum(coverageReasons),
      seconds: z.number().int().optional(),
      name: z.string().optional(),
    }),
    /** What would help, where something is wrong. */
    remedy: z.string().optional(),
    provenAt: Time.optional(),
  })
  .openapi('Coverage');

/** One way to repair something outside Quell, step by step. */
export const Fix = z
  .object({
    id: z.string(),
    title: z.string(),
    /** What is true afterwards. */
    gives: z.string(),
    steps: z.array(z.string()).readonly(),
    /** Text to copy, and where it belongs. */
    copy: z.object({ where: z.string(), text: z.string() }).optional(),
    /** Settings of Quell that have to go with it. */
    settings: z.record(z.string(), z.string()).readonly().optional(),
  })
  .openapi('Fix');

/** Others hide behind this device, usually because it is the router and asks for all. */
export const Spokesman = z
  .object({
    sentence: z.string(),
    /** How we know, strongest first. */
    because: z.array(z.string()).readonly(),
    /** Ways to let every phone ask by itself, best first. */
    fixes: z.array(Fix).readonly(),
  })
  .openapi('Spokesman');

/** The first label of the server name that a device uses for DNS over TLS, or its path for DNS over HTTPS. */
const DotName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
    error: 'must be letters, digits and hyphens only, such as annas-phone',
  });

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
    likeness: z
      .object({
        score: z.number(),
        /** The pack and preset to propose. */
        pack: z.string().optional(),
        preset: PresetName.optional(),
        signals: z.array(z.string()),
      })
      .optional(),
    /** The name of its own that it asks under by DNS over TLS or HTTPS, wherever it is. */
    dotName: z.string().optional(),
    /** Present where the device asks for others that can't be told apart. */
    spokesman: Spokesman.optional(),
    /** Set while nobody decided about this device: what it gets until then. */
    undecided: z.enum(unknownDevicePolicies).optional(),
    /** Blocked names that it would not stop asking for, with the way of answering that quiets it. */
    quiet: z
      .array(
        z.object({
          domain: z.string(),
          mode: BlockModeName,
          /** Seconds until it asks again: an allow of this name can take so long to be felt. */
          ttl: z.number().int(),
          /** Tries per hour. */
          before: z.number(),
          /** Tries per hour since; missing while this way is being tried. */
          after: z.number().optional(),
        }),
      )
      .optional(),
    /** Names that turned out to be what was missed when something broke, to be opened when they are needed. */
    missed: z.array(z.object({ domain: z.string(), at: Time })).optional(),
    firstSeen: Time,
    lastSeen: Time,
    /** Missing while the record can't be read. */
    today: Totals.optional(),
  })
  .openapi('Device');

/** Devices that may be one; the first is the one to keep. */
export const Proposal = z
  .object({
    devices: z.tuple([z.string(), z.string()]).readonly(),
    /** 0 to 1 */
    confidence: z.number(),
    says: z.string(),
  })
  .openapi('Proposal');

export const Devices = z
  .object({
    devices: z.array(Device),
    /** For the owner to decide: `POST /devices/:id/merge`, or `POST /devices/:id/keep-apart` to be asked no more. */
    proposals: z.array(Proposal),
  })
  .openapi('Devices');

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
    dotName: DotName.nullable(),
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

/** They are not one; a proposal that says so is not made again. */
export const KeepApart = z.strictObject({ device: Id }).openapi('KeepApart');

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
    /** Seconds until the phone asks again after an allow, where that is long. */
    waitSeconds: z.number().int().optional(),
  })
  .openapi('Suspect');

/** Suspects of one purpose; of one list or rule where no purpose is known. */
const SuspectFold = z
  .object({
    purpose: PurposeName.optional(),
    reason: z.string(),
    title: z.string(),
    /** Why the likeliest of them stands where it stands. */
    says: z.string(),
    count: z.number().int(),
    domains: z.array(z.string()),
  })
  .openapi('SuspectFold');

export const Broke = z
  .object({ device: z.string(), from: Time, to: Time, folds: z.array(SuspectFold), suspects: z.array(Suspect) })
  .openapi('Broke');

/** Whether a name that was let pass for a while was it. */
export const Helped = z
  .strictObject({
    /** The rule that lets it pass. */
    rule: Id,
    /** `keep`: for good. `when-needed`: the rule ends, the name is remembered and offered first. `no`: blocked again at once. */
    helped: z.enum(['keep', 'when-needed', 'no']),
  })
  .openapi('Helped');
