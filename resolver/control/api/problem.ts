import type { Context, ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { matchedRoutes } from 'hono/route';
import type { z } from 'zod';
import { TooLarge } from '../../../lists/parse/decode.ts';
import { closest, issueSentence } from '../config/issue-sentence.ts';
import { CannotRegroup } from '../devices/regrouping.ts';
import { FetchFailed } from '../lists/fetch-failed.ts';
import { NoSuchList } from '../lists/no-such-list.ts';
import { Conflict, StoreAway } from '../store/store.ts';
import type { ApiDeps } from './deps.ts';

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not logged in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Changed meanwhile',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Not JSON',
  421: 'Unknown host name',
  429: 'Too many tries',
  500: 'Internal error',
  503: 'Not available now',
};

interface Extra {
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  /** Seconds. */
  readonly retryAfter?: number;
}

/** What a caller is told, as RFC 9457 asks for. `detail` is one sentence with the remedy. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly extra: Extra;

  constructor(status: number, detail: string, extra: Extra = {}) {
    super(detail);
    this.status = status;
    this.extra = extra;
  }
}

export const notFound = (what: string): Problem =>
  new Problem(404, `There is no such ${what}; it may have been removed, so reload what you are looking at.`);

export const badField = (field: string, message: string): Problem =>
  new Problem(400, message, { errors: [{ field, message }] });

export function respond({ status, message, extra }: Problem): Response {
  const body = { type: 'about:blank', title: titles[status] ?? 'Error', status, detail: message, ...extra };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(extra.retryAfter !== undefined && { 'retry-after': String(extra.retryAfter) }),
    },
  });
}

/** The hook of every route: what the schema found wrong, field by field. */
export function refuseBadInput(
  result: { success: boolean; target?: string; data?: unknown; error?: z.core.$ZodError },
  _context: Context,
): Response | undefined {
  if (result.success || !result.error) return undefined;
  const errors = result.error.issues.map(closest).map((issue) => {
    const field = issue.path.join('.') || (result.target === 'json' ? 'The body' : 'The request');
    return { field, message: issueSentence(issue, field, result.data) };
  });
  return respond(new Problem(400, errors.map(({ message }) => message).join(' '), { errors }));
}

/** What was asked for can't be done; their messages are sentences for people. */
const refusals = [CannotRegroup, NoSuchList, FetchFailed, TooLarge] as const;

export const toProblem = (error: unknown): Problem | undefined => {
  if (error instanceof Problem) return error;
  if (error instanceof Conflict) return new Problem(409, error.message);
  if (error instanceof StoreAway) return new Problem(503, error.message, { retryAfter: 5 });
  if (refusals.some((refusal) => error instanceof refusal)) return new Problem(400, (error as Error).message);
  if (!(error instanceof HTTPException)) return undefined;
  if (error.status === 415) return new Problem(415, 'Send the body as JSON, with "Content-Type: application/json".');
  if (error.status === 400) return new Problem(400, 'The body is not valid JSON; check its commas, quotes and braces.');
  return new Problem(error.status, error.message || 'The request could not be understood.');
};

export const onError =
  (log: ApiDeps['log']): ErrorHandler =>
  (error, c) => {
    const problem = toProblem(error);
    if (problem) return respond(problem);
    // The route and not the path, which names devices and what they asked for.
    const route = matchedRoutes(c).findLast(({ path }) => !path.endsWith('*'))?.path;
    log.error({ error, method: c.req.method, route }, 'A request failed');
    return respond(new Problem(500, 'Quell could not do this because of a mistake of its own; its log says more.'));
  };
