import { domainToASCII } from 'node:url';
import { z } from '@hono/zod-openapi';
import { type PurposeId, purposeIds } from '../../../../lists/purposes.ts';
import { hashName } from '../../../../lists/rule-set/name-hash.ts';
import { blockModes, outcomes, presetIds } from '../../../policy/model.ts';

/** Times leave as RFC 3339 text in UTC. */
export const Time = z.iso.datetime().openapi({ example: '2026-03-01T19:30:00.000Z' });

/** Times come in as RFC 3339 text with a zone, or as milliseconds since 1970; handlers see milliseconds. */
export const TimeIn = z
  .union([z.string(), z.number()])
  .transform((value, context) => {
    const digits = /^\d{12,14}$/.test(String(value));
    const at = digits ? Number(value) : rfc3339.safeParse(value).success ? Date.parse(String(value)) : Number.NaN;
    if (Number.isFinite(at)) return at;
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(value)} is not a time; write it like "2026-03-01T19:30:00Z", or as milliseconds since 1970`,
    });
    return z.NEVER;
  })
  .openapi({ type: 'string', example: '2026-03-01T19:30:00Z' });

const rfc3339 = z.iso.datetime({ offset: true });

export const Id = z.string().min(1).max(128);

export const PurposeName = z.enum(purposeIds as [PurposeId, ...PurposeId[]]).openapi('PurposeId');
export const ActionName = z.enum(['allow', 'block']);
export const PresetName = z.enum(presetIds).openapi('PresetId');
export const BlockModeName = z.enum(blockModes).openapi('BlockMode');
export const OutcomeName = z.enum(outcomes).openapi('Outcome');

/** A name as people write it; handlers see it in lower-case A-labels without trailing dot. */
export const DomainIn = z
  .string()
  .min(1)
  .max(512)
  .transform((text, context) => {
    const name = domainToASCII(text.trim().replace(/\.$/, '')) || text.trim().replace(/\.$/, '').toLowerCase();
    if (hashName(name) > 0 && /^[!-~]+$/.test(name) && !/[/:@*?#]/.test(name)) return name;
    context.addIssue({
      code: 'custom',
      message: `"${text}" is not a domain name; write it like "data.mistat.xiaomi.com", without https://, path or *.`,
    });
    return z.NEVER;
  })
  .openapi({ type: 'string', example: 'data.mistat.xiaomi.com' });

export const Totals = z
  .object({
    blocked: z.number().int(),
    allowed: z.number().int(),
    /** Look-ups that matched nothing; they are counted and never listed. */
    counted: z.number().int(),
  })
  .openapi('Totals');

/** RFC 9457. `detail` is one sentence that says what to do. */
export const Problem = z
  .object({
    type: z.string().openapi({ example: 'about:blank' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    /** Bad input, field by field. */
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    /** Seconds until another try is accepted. */
    retryAfter: z.number().int().optional(),
  })
  .openapi('Problem');
