import { OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Caller } from './caller.ts';
import { refuseBadInput } from './problem.ts';

/** What each request carries. `address` is the peer's, as the socket has it. */
export interface ApiEnv {
  Bindings: { readonly address?: string };
  Variables: { caller: Caller };
}

export type ApiContext = Context<ApiEnv>;

export const resource = (): OpenAPIHono<ApiEnv> => new OpenAPIHono<ApiEnv>({ defaultHook: refuseBadInput });

export const json = <S extends z.ZodType>(schema: S, description: string) => ({
  content: { 'application/json': { schema } },
  description,
});

/** A body that must be there. */
export const body = <S extends z.ZodType>(schema: S) => ({
  body: { content: { 'application/json': { schema } }, required: true as const },
});

/** The change's id, for `POST /history/:id/undo`; none when everything was like that already. */
export function tellChange(c: Context, change: { readonly id: string } | undefined): void {
  if (change) c.header('Quell-Change', change.id);
}
