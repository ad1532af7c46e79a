import { z } from '@hono/zod-openapi';
import { BlockModeName, Id, PresetName, PurposeName, Time, TimeIn, Totals } from './common.ts';
import { Device, Fix } from './devices.ts';
import { NewRule } from './rules.ts';

/** Something that needs the owner, or that a person should know. */
export const Notice = z
  .object({
    id: z.string(),
    level: z.enum(['info', 'warning', 'error']),
    sentence: z.string(),
    remedy: z.string().optional(),
    /** Where there are several ways to repair it, best first. */
    fixes: z.array(Fix).readonly().optional(),
    device: z.string().optional(),
    list: z.string().optional(),
  })
  .openapi('Notice');

export const State = z
  .object({
    /** The household's state in one sentence. */
    sentence: z.string(),
    version: z.string(),
    node: z.string(),
    now: Time,
    startedAt: Time,
    devices: z.object({
      total: z.number().int(),
      covered: z.number().int(),
      partly: z.number().int(),
      notCovered: z.number().int(),
      unknown: z.number().int(),
    }),
    today: Totals,
    store: z.object({ kind: z.string(), reachable: z.boolean() }),
    /** The household's resolvers, the one that answers this first; one that stopped properly is not listed. */
    nodes: z.array(
      z.object({
        name: z.string(),
        version: z.string(),
        state: z.enum(['answering', 'failing', 'silent']),
        startedAt: Time,
        /** Its last sign of life. */
        seenAt: Time,
        policyVersion: z.number().int(),
        /** Seconds by which its clock is ahead of the household's, which all nodes go by. */
        clockAhead: z.number(),
      }),
    ),
    /** Number of the household's last change. */
    policyVersion: z.number().int(),
    /** What tells devices apart here, and how well each works. */
    sources: z.array(z.object({ name: z.string(), working: z.boolean(), sentence: z.string() })),
    notices: z.array(Notice),
  })
  .openapi('State');

export const Settings = z
  .object({
    name: z.string(),
    /** IANA time zone. */
    zone: z.string(),
    defaultPreset: PresetName,
    blockMode: BlockModeName,
    /** Seconds. */
    blockTtl: z.number().int(),
    unknownDevices: z.enum(['protect', 'observe', 'hold']),
    retention: z.object({
      attemptsDays: z.number().int(),
      rollupDays: z.number().int(),
      /** Of what full logging wrote down; at most as long as attempts. */
      fullLoggingHours: z.number().int(),
    }),
  })
  .openapi('Settings');

export const SettingsPatch = z
  .strictObject({
    name: z.string().trim().min(1).max(80),
    zone: z.string().min(1).max(64),
    defaultPreset: PresetName,
    blockMode: BlockModeName,
    blockTtl: z.number().int().min(1).max(3600),
    unknownDevices: z.enum(['protect', 'observe', 'hold']),
    retention: z
      .strictObject({
        attemptsDays: z.number().int().min(1).max(3650),
        rollupDays: z.number().int().min(1).max(3650),
        /** Never in force for longer than attempts are kept. */
        fullLoggingHours: z.number().int().min(1).max(8760),
      })
      .partial(),
  })
  .partial()
  .openapi('SettingsPatch');

export const Person = z.object({ id: z.string(), name: z.string(), devices: z.array(z.string()) }).openapi('Person');
export const People = z.object({ people: z.array(Person) }).openapi('People');
export const Group = Person.openapi('Group');
export const Groups = z.object({ groups: z.array(Group) }).openapi('Groups');

const groupParts = { name: z.string().trim().min(1).max(80), devices: z.array(Id).max(10_000) };
export const NewGroup = z
  .strictObject({ name: groupParts.name, devices: groupParts.devices.default([]) })
  .openapi('NewGroup');
export const GroupPatch = z.strictObject(groupParts).partial().openapi('GroupPatch');

/** `metrics`: see how Quell is. `read`: see everything. `policy`: change what is blocked. `device:<id>`: both, for one device. `admin`: all. */
export const TokenScope = z.string().regex(/^(metrics|read|policy|admin|device:.{1,120})$/);
export const Token = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    createdAt: Time,
    lastUsed: Time.optional(),
    expiresAt: Time.optional(),
  })
  .openapi('Token');
export const Tokens = z.object({ tokens: z.array(Token) }).openapi('Tokens');
export const NewToken = z
  .strictObject({
    name: z.string().trim().min(1).max(80),
    scopes: z.array(TokenScope).min(1).max(32),
    expiresAt: TimeIn.optional(),
  })
  .openapi('NewToken');
/** The only time that the token itself is shown. */
export const CreatedToken = Token.extend({ token: z.string() }).openapi('CreatedToken');

export const Change = z
  .object({
    id: z.string(),
    at: Time,
    /** `owner`, `token:<name>`, `member:<device>`, `quell`. */
    by: z.string(),
    from: z.string().optional(),
    what: z.string(),
    documents: z.array(
      z.object({ kind: z.string(), id: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }),
    ),
    /** Id of the change that took this one back. */
    undoneBy: z.string().optional(),
  })
  .openapi('Change');
export const History = z.object({ changes: z.array(Change), next: z.string().optional() }).openapi('History');
export const HistoryQuery = z.object({
  device: Id.optional(),
  cursor: z.string().max(128).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

export const Me = z
  .object({
    role: z.enum(['owner', 'token', 'member', 'nobody']),
    /** The phone the request comes from; missing when it isn't known yet. */
    device: Device.optional(),
    /** What the person who holds a known phone should know of it. */
    says: z.string().optional(),
    /** What this person may do on this phone. */
    may: z.object({
      pause: z.boolean(),
      allow: z.boolean(),
      change: z.boolean(),
      maxMinutes: z.number().int().optional(),
    }),
  })
  .openapi('Me');

/** A change that is tried out on the record and not made. */
export const SimulateIn = z
  .strictObject({
    change: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('rule'), rule: NewRule }),
      z.strictObject({
        kind: z.literal('purpose'),
        device: Id,
        purpose: PurposeName,
        action: z.enum(['allow', 'block', 'inherit']),
      }),
      z.strictObject({ kind: z.literal('preset'), device: Id.optional(), preset: PresetName }),
    ]),
    from: TimeIn.optional(),
    to: TimeIn.optional(),
  })
  .openapi('SimulateIn');

export const Simulation = z
  .object({
    /** Later than was asked for when the record is too long to be looked at in a moment. */
    from: Time,
    to: Time,
    /** Attempts that were looked at. */
    attempts: z.number().int(),
    wouldBlock: z.number().int(),
    wouldAllow: z.number().int(),
    /** Of those that would be blocked: attempts at names that are known to be missed. */
    useful: z.number().int(),
    /** Names that would be answered otherwise; first those that are known to be missed. */
    domains: z.array(
      z.object({
        domain: z.string(),
        purpose: PurposeName.optional(),
        to: z.enum(['pass', 'block']),
        count: z.number().int(),
        devices: z.array(z.string()),
        /** What stops working without it. */
        breaks: z.string().optional(),
      }),
    ),
  })
  .openapi('Simulation');

/** Everything the household decided; no passwords, sessions or tokens. */
export const Export = z
  .object({
    format: z.literal('quell-household'),
    version: z.literal(1),
    at: Time,
    documents: z.object({
      settings: z.array(z.record(z.string(), z.unknown())),
      device: z.array(z.record(z.string(), z.unknown())),
      group: z.array(z.record(z.string(), z.unknown())),
      rule: z.array(z.record(z.string(), z.unknown())),
      list: z.array(z.record(z.string(), z.unknown())),
    }),
  })
  .openapi('Export');

export const Imported = z.object({ written: z.number().int(), removed: z.number().int() }).openapi('Imported');
