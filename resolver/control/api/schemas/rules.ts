import { z } from '@hono/zod-openapi';
import { ActionName, BlockModeName, DomainIn, Id, PurposeName, Time, TimeIn } from './common.ts';

export const Scope = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('device'), id: Id }),
    z.strictObject({ kind: z.literal('group'), id: Id }),
    z.strictObject({ kind: z.literal('everyone') }),
  ])
  .openapi('Scope');

export const TargetIn = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('domain'), value: DomainIn }),
    z.strictObject({ kind: z.literal('suffix'), value: DomainIn }),
    z.strictObject({ kind: z.literal('regex'), value: z.string().min(1).max(512) }),
    z.strictObject({ kind: z.literal('purpose'), value: PurposeName }),
    z.strictObject({ kind: z.literal('list'), value: Id }),
    z.strictObject({ kind: z.literal('everything') }),
  ])
  .openapi('Target');

export const Target = z
  .object({
    kind: z.enum(['domain', 'suffix', 'regex', 'purpose', 'list', 'everything']),
    value: z.string().optional(),
  })
  .openapi('RuleTarget');

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

export const Schedule = z
  .strictObject({
    /** IANA time zone; without one, the household's. */
    zone: z.string().min(1).max(64).optional(),
    windows: z
      .array(
        z.strictObject({
          /** 1 is Monday, 7 is Sunday: the day the window begins. */
          days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
          from: clock,
          /** Not after `from`: the window runs past midnight. */
          to: clock,
        }),
      )
      .min(1)
      .max(32),
  })
  .openapi('Schedule');

export const Rule = z
  .object({
    id: z.string(),
    scope: Scope,
    target: Target,
    action: ActionName,
    mode: BlockModeName.optional(),
    until: Time.optional(),
    schedule: Schedule.optional(),
    comment: z.string().optional(),
    /** The recipe that it belongs to, when it does to one. */
    recipe: z.string().optional(),
    createdAt: Time,
  })
  .openapi('Rule');

export const Rules = z.object({ rules: z.array(Rule) }).openapi('Rules');

const comment = z.string().trim().max(500);

export const NewRule = z
  .strictObject({
    scope: Scope,
    target: TargetIn,
    action: ActionName,
    mode: BlockModeName.optional(),
    until: TimeIn.optional(),
    schedule: Schedule.optional(),
    comment: comment.optional(),
  })
  .openapi('NewRule');

/** `null` takes a part away. */
export const RulePatch = z
  .strictObject({
    scope: Scope,
    target: TargetIn,
    action: ActionName,
    mode: BlockModeName.nullable(),
    until: TimeIn.nullable(),
    schedule: Schedule.nullable(),
    comment: comment.nullable(),
  })
  .partial()
  .openapi('RulePatch');
