import { z } from '@hono/zod-openapi';
import { BlockModeName, Time } from './common.ts';
import { Scope } from './rules.ts';

export const ListStatus = z
  .object({
    /** `held`: a newer version failed the gate and waits for the owner. */
    state: z.enum(['waiting', 'updating', 'live', 'held', 'failed', 'off']),
    /** One sentence. */
    says: z.string(),
    version: z.string().optional(),
    entries: z.number().int().optional(),
    skipped: z.number().int().optional(),
    /** Names without which a phone thinks it is offline, which it wanted to block; they are protected all the same. */
    blocks: z.array(z.string()).optional(),
    /** The version that waits for the owner. */
    held: z.object({ version: z.string(), reasons: z.array(z.string()) }).optional(),
    checkedAt: Time.optional(),
    changedAt: Time.optional(),
    nextAt: Time.optional(),
    problems: z.array(z.object({ line: z.number().int(), message: z.string() })).optional(),
  })
  .openapi('ListStatus');

export const List = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    kind: z.enum(['block', 'allow']),
    scope: Scope,
    enabled: z.boolean(),
    watchOnly: z.boolean(),
    mode: BlockModeName.optional(),
    pinned: z.string().optional(),
    everyHours: z.number().optional(),
    status: ListStatus,
  })
  .openapi('List');

export const Lists = z.object({ lists: z.array(List) }).openapi('Lists');

const parts = {
  name: z.string().trim().min(1).max(120),
  url: z.string().trim().min(1).max(2048),
  kind: z.enum(['block', 'allow']),
  scope: Scope,
  enabled: z.boolean(),
  watchOnly: z.boolean(),
  mode: BlockModeName,
  pinned: z.string().regex(/^[0-9a-f]{64}$/),
  everyHours: z
    .number()
    .min(1)
    .max(24 * 30),
};

export const NewList = z
  .strictObject({
    name: parts.name.optional(),
    url: parts.url,
    kind: parts.kind.default('block'),
    scope: parts.scope.default({ kind: 'everyone' }),
    enabled: parts.enabled.default(true),
    watchOnly: parts.watchOnly.default(false),
    mode: parts.mode.optional(),
    everyHours: parts.everyHours.optional(),
  })
  .openapi('NewList');

/** `null` takes a part away. */
export const ListPatch = z
  .strictObject({
    ...parts,
    mode: parts.mode.nullable(),
    pinned: parts.pinned.nullable(),
    everyHours: parts.everyHours.nullable(),
  })
  .partial()
  .openapi('ListPatch');

/** A list that isn't subscribed yet, by address or by its text. */
export const PreviewIn = z
  .union([
    z.strictObject({ url: parts.url, kind: parts.kind.default('block') }),
    z.strictObject({ text: z.string().max(1_000_000), kind: parts.kind.default('block') }),
  ])
  .openapi('PreviewIn');

export const Preview = z
  .object({
    format: z.string(),
    entries: z.object({ block: z.number().int(), allow: z.number().int() }),
    skipped: z.number().int(),
    problems: z.array(z.object({ line: z.number().int(), message: z.string() })),
    sample: z.array(z.string()),
    /** Names without which a phone thinks it is offline, which it wants to block; they are protected all the same. */
    blocks: z.array(z.string()),
    /** Why the gate would hold it back. */
    held: z.string().optional(),
    /** Names recorded in the last seven days that it would have spoken of, most frequent first. */
    wouldChange: z.array(
      z.object({
        domain: z.string(),
        count: z.number().int(),
        to: z.enum(['allow', 'block', 'nothing']),
      }),
    ),
  })
  .openapi('Preview');

export const ListVersions = z
  .object({
    versions: z.array(
      z.object({
        version: z.string(),
        fetchedAt: Time,
        entries: z.number().int(),
        state: z.enum(['live', 'kept', 'held']),
        says: z.string().optional(),
      }),
    ),
  })
  .openapi('ListVersions');

/** Without a version: the one before the live one. */
export const Rollback = z.strictObject({ version: z.string().min(1).max(128).optional() }).openapi('Rollback');
