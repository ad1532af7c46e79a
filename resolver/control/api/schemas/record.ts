import { z } from '@hono/zod-openapi';
import { ActionName, BlockModeName, DomainIn, Id, OutcomeName, PurposeName, Time, TimeIn, Totals } from './common.ts';

export const Attempt = z
  .object({
    at: Time,
    /** Device id; the address of a client that no device is known for. */
    device: z.string(),
    domain: z.string(),
    /** "A", "AAAA", "HTTPS"; "TYPE65280" where there is no name. */
    qtype: z.string(),
    outcome: OutcomeName,
    purpose: PurposeName.optional(),
    /** What decided: `purpose:ads`, `list:<id>`, `rule:<id>`, `pause`, `watch:<source>`, `full`. */
    reason: z.string(),
    /** Equal attempts of this device folded into one row. */
    count: z.number().int(),
  })
  .openapi('Attempt');

export const Attempts = z
  .object({
    attempts: z.array(Attempt),
    /** Give it as `cursor` for the next page. */
    next: z.string().optional(),
  })
  .openapi('Attempts');

export const AttemptQuery = z.object({
  device: Id.optional(),
  purpose: PurposeName.optional(),
  outcome: OutcomeName.optional(),
  /** A name, or `*.name` for it and all below. */
  domain: z.string().min(1).max(260).optional(),
  from: TimeIn.optional(),
  to: TimeIn.optional(),
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const StreamQuery = AttemptQuery.pick({ device: true, purpose: true, outcome: true, domain: true });

export const SummaryQuery = z.object({
  device: Id.optional(),
  /** Without it: 24 hours before `to`. */
  from: TimeIn.optional(),
  /** Without it: now. */
  to: TimeIn.optional(),
  by: z.enum(['hour', 'day', 'purpose', 'domain', 'outcome', 'device']).default('hour'),
  /** Most buckets, those with most attempts first; hours and days are all there. */
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
});

export const Bucket = Totals.extend({
  /** Start of the hour or day, or the purpose, domain, outcome or device. */
  key: z.string(),
}).openapi('Bucket');

export const Summary = z.object({ from: Time, to: Time, totals: Totals, buckets: z.array(Bucket) }).openapi('Summary');

export const ExplainQuery = z.object({
  device: Id,
  domain: DomainIn,
  /** Record type; A when left out. */
  type: z.string().max(16).default('A'),
  /** As the household's decisions stood then; now when left out. */
  at: TimeIn.optional(),
});

/** One level of precedence: whether it spoke, and what it said. */
export const Step = z
  .object({
    level: z.string(),
    title: z.string(),
    /** The first that spoke won; what stands below it only would have. */
    spoke: z.boolean(),
    /** One sentence. */
    says: z.string(),
    action: ActionName.optional(),
    reason: z.string().optional(),
    detail: z.string().optional(),
  })
  .openapi('Step');

export const Explanation = z
  .object({
    device: z.string(),
    /** The time that was asked about. */
    at: Time.optional(),
    /** What is of that time and what is of now, where they differ. */
    asOf: z.string().optional(),
    /** How this device is recognised, in one sentence. */
    recognisedBy: z.string(),
    name: z.string(),
    type: z.string(),
    verdict: z.object({
      action: ActionName,
      /** As in attempts; missing when nothing matched. */
      reason: z.string().optional(),
      purpose: PurposeName.optional(),
    }),
    /** In the order of precedence. */
    steps: z.array(Step),
    /** How the question is answered, when it is blocked. */
    mode: BlockModeName.optional(),
    /** Packs and lists that hold the name, whether they decide or not. */
    namedBy: z.array(z.string()),
  })
  .openapi('Explanation');
