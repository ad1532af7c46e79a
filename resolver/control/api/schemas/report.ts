import { z } from '@hono/zod-openapi';
import { PurposeName, Time, TimeIn, Totals } from './common.ts';
import { AttemptQuery } from './record.ts';

export const ExportQuery = AttemptQuery.omit({ cursor: true, limit: true }).extend({
  format: z.enum(['csv', 'jsonl']).default('csv'),
});

export const TimelineQuery = z.object({
  /** Without it: 24 hours before `to`. */
  from: TimeIn.optional(),
  /** Without it: now. */
  to: TimeIn.optional(),
  step: z.enum(['hour', 'day']).default('hour'),
});

export const Timeline = z
  .object({
    from: Time,
    to: Time,
    /** Hours or days with attempts, by time; without a purpose, a list or a rule spoke. */
    cells: z.array(
      z.object({ at: Time, purpose: PurposeName.optional(), blocked: z.number().int(), allowed: z.number().int() }),
    ),
  })
  .openapi('Timeline');

export const ReportQuery = z.object({
  /** ISO 8601: "2026-W12", from Monday to Sunday; without it, the last seven days. */
  week: z
    .string()
    .regex(/^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$/, 'week is written like "2026-W12"')
    .optional(),
});

const DomainShare = z.object({ domain: z.string(), blocked: z.number().int(), allowed: z.number().int() });
const PerDay = z.object({ attempts: z.number(), letThrough: z.number() });

export const Report = z
  .object({
    device: z.string(),
    name: z.string(),
    /** When the device was first seen. */
    firstSeen: Time,
    from: Time,
    to: Time,
    totals: Totals,
    /** Questions for one name within ten seconds are one intent. */
    intents: z.number().int(),
    purposes: z.array(
      z.object({ purpose: PurposeName.optional(), blocked: z.number().int(), allowed: z.number().int() }),
    ),
    domains: z.array(DomainShare),
    /** Asked for by this device for the first time. */
    newDomains: z.array(z.object({ domain: z.string(), firstSeen: Time })),
    /** What was not blocked. */
    letThrough: z.array(DomainShare),
    /** Attempts between 23 and 6 o'clock, and their share of all, 0 to 1. */
    night: z.object({ attempts: z.number().int(), share: z.number() }),
    /** Attempts a day while the device was only observed, beside those of this time. */
    baseline: z.object({ from: Time, to: Time, before: PerDay, now: PerDay }).optional(),
  })
  .openapi('Report');
