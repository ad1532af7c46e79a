import { z } from 'zod';
import { purposeIds } from '../purposes.ts';

/** RFC 1035 section 2.3.1, with the underscores that real names use; written lower-case, without the last dot. */
const domain = z
  .string()
  .max(253)
  .regex(/^(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/, {
    error: 'must be a domain in lower case without a dot at its end, such as data.mistat.xiaomi.com',
  });

const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, { error: 'must be a short id of lower-case letters, digits and hyphens' });

const sentence = z
  .string()
  .min(8)
  .max(280)
  .regex(/^[^\n]*[.!?]$/, { error: 'must be one plain sentence that ends with a full stop' });

const purpose = z.enum(purposeIds as [(typeof purposeIds)[number]], {
  error: `must be one of the purposes ${purposeIds.join(', ')}`,
});

const evidence = z.strictObject({
  says: sentence.describe('What was seen, in our own words.'),
  link: z.url({ protocol: /^https?$/, error: 'must be a web address' }).optional(),
});

const entry = z.strictObject({
  name: domain,
  match: z
    .enum(['exact', 'suffix'], { error: 'must be exact, or suffix for the name and all names below it' })
    .describe('exact: this name only; suffix: it and everything below it.'),
  purpose: purpose.describe('The main purpose: it decides.'),
  also: z.array(purpose).min(1).optional().describe('Other purposes that the same host serves.'),
  confidence: z
    .enum(['high', 'medium', 'low'], { error: 'must be high, medium or low' })
    .describe(
      'high: seen in code or on the wire; medium: named by careful sources; low: a guess that decides nothing.',
    ),
  regions: z
    .array(z.enum(['cn', 'global', 'eu', 'in', 'ru', 'us'], { error: 'must be one of cn, global, eu, in, ru, us' }))
    .min(1)
    .describe('Where the phones that ask for it were sold.'),
  breaks: sentence.optional().describe('What stops working when it is blocked; without it, nobody has said.'),
  evidence: z.array(evidence).min(1),
});

const recipe = z.strictObject({
  id,
  title: z.string().min(3).max(60).describe('The wish, as the household would say it.'),
  sentence: sentence.describe('What is open while the recipe runs, and what that costs.'),
  minutes: z.int().min(1).max(240).describe('How long the names stay open.'),
  opens: z.array(domain).min(1).describe('Names of this pack, each opened as far as its entry matches.'),
});

const vectors = z.strictObject({
  preset: z.enum(['balanced', 'quiet', 'observe'], { error: 'must be balanced, quiet or observe' }),
  blocks: z.array(domain).optional(),
  resolves: z.array(domain).optional(),
});

const decision = z.strictObject({
  names: z.array(domain).min(1),
  says: z.string().min(20).max(600).describe('What was decided against the first look of the facts, and why.'),
});

const leftOut = z.strictObject({
  reason: sentence,
  names: z.array(domain).min(1),
});

export const packFormat = z.strictObject({
  format: z.literal(1, { error: 'must be 1, the only version of the format so far' }),
  id,
  version: z.string().regex(/^\d+\.\d+\.\d+$/, { error: 'must be a version of three numbers, such as 1.4.0' }),
  vendor: z.string().min(2).optional().describe('Whose devices; none when the pack holds for every vendor.'),
  title: z.string().min(3),
  names: z.array(entry).min(1),
  recipes: z.array(recipe),
  vectors: z.array(vectors).min(1).describe('What must be blocked and what must resolve under a preset.'),
  decisions: z.array(decision),
  leftOut: z.array(leftOut).describe('Names that were judged and not taken in.'),
});

/** A curated catalogue for one vendor; `lists/packs/README.md` tells how one is written. */
export type Pack = z.infer<typeof packFormat>;
export type PackEntry = z.infer<typeof entry>;
export type Recipe = z.infer<typeof recipe>;
