import { z } from '@hono/zod-openapi';
import { Time } from './common.ts';

/** Long enough that guessing at the allowed pace takes centuries; length beats odd characters. */
export const Password = z.string().min(8).max(256);

export const Session = z
  .object({
    /** `member`: known only as the phone the request comes from. `nobody`: neither signed in nor a known phone. */
    role: z.enum(['owner', 'token', 'member', 'nobody']),
    /** False until the owner has chosen a password. */
    setUp: z.boolean(),
    /** The phone the request comes from, when it is known. */
    device: z.string().optional(),
    scopes: z.array(z.string()).optional(),
    expiresAt: Time.optional(),
  })
  .openapi('Session');

/** A password, or the secret part of a login link. */
export const LogIn = z
  .union([
    z.strictObject({ password: z.string().min(1).max(256) }),
    z.strictObject({ link: z.string().min(1).max(256) }),
  ])
  .openapi('LogIn');

/** `token` is the secret part of the one-time link that was printed at first start. */
export const SetUp = z.strictObject({ token: z.string().min(1).max(256), password: Password }).openapi('SetUp');

/** `current` may be left out in a session that a login link opened. */
export const PasswordChange = z
  .strictObject({ current: z.string().max(256).optional(), password: Password })
  .openapi('PasswordChange');
