import { z } from '@hono/zod-openapi';
import { ActionName, PurposeName, Time } from './common.ts';

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

export const Pack = z
  .object({
    id: z.string(),
    name: z.string(),
    vendor: z.string(),
    version: z.string(),
    domains: z.number().int(),
    purposes: z.array(z.object({ id: PurposeName, domains: z.number().int() })),
  })
  .openapi('Pack');

export const Packs = z.object({ packs: z.array(Pack), purposes: z.array(PurposeInfo) }).openapi('Packs');

/** What one pack says of a name. */
export const Evidence = z
  .object({
    pack: z.string(),
    /** The entry that matched, and whether it speaks for the name alone or for all below it too. */
    entry: z.string(),
    match: z.string(),
    purpose: PurposeName,
    confidence: z.string(),
    /** What the name is, in one sentence. */
    says: z.string().optional(),
    breaks: z.string().optional(),
    regions: z.array(z.string()),
    sources: z.array(z.object({ title: z.string(), url: z.string().optional() })),
  })
  .openapi('Evidence');

export const Domain = z
  .object({
    name: z.string(),
    purpose: PurposeName.optional(),
    /** Never blocked by packs or lists. */
    protected: z.boolean(),
    /** Most specific first; empty when no pack knows the name. */
    evidence: z.array(Evidence),
    /** Subscribed lists that hold it. */
    lists: z.array(z.object({ id: z.string(), name: z.string(), action: ActionName })),
    firstSeen: Time.optional(),
    /** Which devices asked for it in the last seven days, most recent first. */
    askedBy: z.array(
      z.object({ device: z.string(), lastAt: Time, blocked: z.number().int(), allowed: z.number().int() }),
    ),
  })
  .openapi('Domain');
