import { z } from '@hono/zod-openapi';
import { ActionName, PurposeName, Time } from './common.ts';
import { Recipe } from './recipes.ts';

export const PurposeInfo = z
  .object({
    id: PurposeName,
    title: z.string(),
    sentence: z.string(),
    balanced: ActionName,
    quiet: ActionName,
    /** Never blocked by packs or lists. */
    protected: z.boolean(),
    /** Names that the packs know for it. */
    domains: z.number().int(),
    /** What may stop working when it is blocked, most certain first. */
    breaks: z.array(z.string()),
  })
  .openapi('Purpose');

const Decision = z.object({ names: z.array(z.string()), says: z.string() });

export const Pack = z
  .object({
    id: z.string(),
    name: z.string(),
    vendor: z.string().optional(),
    version: z.string(),
    domains: z.number().int(),
    purposes: z.array(z.object({ id: PurposeName, domains: z.number().int() })),
    recipes: z.array(Recipe),
    /** Judgements that a reader would not expect, with the reason. */
    decisions: z.array(Decision),
    /** Names that were looked at and not taken in, with the reason. */
    leftOut: z.array(z.object({ reason: z.string(), domains: z.number().int() })),
  })
  .openapi('Pack');

export const Packs = z.object({ packs: z.array(Pack), purposes: z.array(PurposeInfo) }).openapi('Packs');

/** What a pack says of a name. */
export const Evidence = z
  .object({
    pack: z.string(),
    version: z.string(),
    /** The entry that matched. */
    entry: z.string(),
    /** `suffix`: it speaks for all names below it too. */
    match: z.enum(['exact', 'suffix']),
    purpose: PurposeName,
    /** Other purposes that the same host serves. */
    also: z.array(PurposeName),
    /** `low` decides nothing. */
    confidence: z.enum(['high', 'medium', 'low']),
    regions: z.array(z.string()),
    /** The strongest thing that is said of it. */
    says: z.string().optional(),
    /** What stops working when it is blocked; missing when nobody has said. */
    breaks: z.string().optional(),
    /** What was seen, in one sentence, and where. */
    sources: z.array(z.object({ title: z.string(), url: z.string().optional() })),
  })
  .openapi('Evidence');

export const Domain = z
  .object({
    name: z.string(),
    purpose: PurposeName.optional(),
    /** Never blocked by packs or lists. */
    protected: z.boolean(),
    /** One per pack that knows the name, the closest entry first: that one decides. */
    evidence: z.array(Evidence),
    /** What the packs' makers decided about it against the first look, and why. */
    decisions: z.array(z.string()),
    /** Why a pack that looked at it does not hold it. */
    leftOut: z.string().optional(),
    /** Subscribed lists that hold it. */
    lists: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        /** What it says of the name. */
        action: ActionName,
        /** Phones need the name, so what the list says of it does not count. */
        overruled: z.boolean(),
        /** The line that names it, and its text. */
        line: z.number().int().optional(),
        text: z.string().optional(),
      }),
    ),
    /** Missing when it was never asked for, or while the record can't be read. */
    firstSeen: Time.optional(),
    /** Which devices asked for it in the last seven days, most recent first. */
    askedBy: z.array(
      z.object({ device: z.string(), lastAt: Time, blocked: z.number().int(), allowed: z.number().int() }),
    ),
  })
  .openapi('Domain');
