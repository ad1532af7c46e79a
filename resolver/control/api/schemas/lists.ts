import { z } from '@hono/zod-openapi';
import { BlockModeName, Time } from './common.ts';
import { Scope } from './rules.ts';

const count = z.number().int();
const Problem = z.object({ line: count, message: z.string() });

/** As they are in the compiled set. */
export const EntriesByKind = z
  .object({
    /** This name only. */
    exact: count,
    /** A name and all below it. */
    suffix: count,
    /** What is below a name. */
    below: count,
    /** Regular expressions. */
    pattern: count,
    /** Those of the others that allow. */
    allow: count,
    /** Left out, because a name above them in the same list says the same. */
    swallowed: count,
    /** Regular expressions beyond what one list may have. */
    patternsLeftOut: count,
  })
  .openapi('EntriesByKind');

export const ListStatus = z
  .object({
    /** `held`: a newer version failed the gate and waits for the owner. */
    state: z.enum(['waiting', 'updating', 'live', 'held', 'failed', 'off']),
    /** One sentence. */
    says: z.string(),
    version: z.string().optional(),
    /** `hosts`, `domains`, `adblock`, `rpz` …, by what the text is. */
    format: z.string().optional(),
    entries: count.optional(),
    byKind: EntriesByKind.optional(),
    /** Lines that say nothing about names, and why. */
    skipped: count.optional(),
    skippedBecause: z.record(z.string(), count).optional(),
    /** Lines that were not understood; `problems` are the first of them. */
    bad: count.optional(),
    problems: z.array(Problem).optional(),
    /** Names that phones need, which it wanted to block; they are protected all the same. */
    blocks: z.array(z.string()).optional(),
    /** The version that waits for the owner. */
    held: z.object({ version: z.string(), reasons: z.array(z.string()) }).optional(),
    /** What went wrong when it was looked for last, in one sentence. */
    lastError: z.string().optional(),
    checkedAt: Time.optional(),
    changedAt: Time.optional(),
    nextAt: Time.optional(),
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

const asAttached = {
  kind: parts.kind.default('block'),
  /** Whom it would be for. */
  scope: parts.scope.default({ kind: 'everyone' }),
};

const Word = z.enum(['allow', 'block', 'nothing']);

/** Names recorded in the last seven days that phones would get another answer for, most frequent first. */
const WouldChange = z.array(
  z.object({
    domain: z.string(),
    /** Attempts of these seven days. */
    count,
    /** What the list says of it now, and what it would say. */
    from: Word,
    to: Word,
    /** Devices that asked for it and would notice. */
    devices: z.array(z.string()),
  }),
);

/** A list that isn't subscribed yet, by address or by its text. */
export const PreviewIn = z
  .union([
    z.strictObject({ url: parts.url, ...asAttached }),
    z.strictObject({ text: z.string().max(1_000_000), ...asAttached }),
  ])
  .openapi('PreviewIn');

export const Preview = z
  .object({
    format: z.string(),
    entries: z.object({ block: count, allow: count }),
    skipped: count,
    problems: z.array(Problem),
    sample: z.array(z.string()),
    /** Names that phones need, which it wants to block; they are protected all the same. */
    blocks: z.array(z.string()),
    /** Why the gate would hold it back. */
    held: z.string().optional(),
    wouldChange: WouldChange,
  })
  .openapi('Preview');

const DiffSide = z.object({
  count,
  /** The first of them. */
  entries: z.array(
    z.object({
      name: z.string(),
      match: z.enum(['exact', 'suffix', 'below', 'regex']),
      action: z.enum(['allow', 'block']),
    }),
  ),
});

/** A kept version compared with the one in use. */
export const ListDiff = z.object({ added: DiffSide, removed: DiffSide, wouldChange: WouldChange }).openapi('ListDiff');

export const Catalog = z
  .object({
    lists: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        /** What it does, in one sentence or two. */
        purpose: z.string(),
        kind: z.enum(['block', 'allow']),
        publisher: z.string(),
        licence: z.string(),
        url: z.string(),
        /** `small` below 1,000 entries, `medium` below 50,000, `large` above. */
        size: z.enum(['small', 'medium', 'large']),
        /** What a household should know before. */
        caution: z.string().optional(),
        /** Id of the subscription, where there is one. */
        subscribed: z.string().optional(),
      }),
    ),
  })
  .openapi('ListCatalog');

export const ListVersions = z
  .object({
    versions: z.array(
      z.object({
        version: z.string(),
        fetchedAt: Time,
        entries: count,
        state: z.enum(['live', 'kept', 'held']),
        says: z.string().optional(),
      }),
    ),
  })
  .openapi('ListVersions');

/** Without a version: the one before the live one. */
export const Rollback = z.strictObject({ version: z.string().min(1).max(128).optional() }).openapi('Rollback');
