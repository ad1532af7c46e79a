import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { Problem } from './problem.ts';

/** Tells one state of a document from every other (RFC 9110 section 8.8.3). */
const tagOf = (value: unknown): string =>
  `"${createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('base64url')
    .slice(0, 16)}"`;

export const showTag = (c: Context, value: unknown): void => c.header('ETag', tagOf(value));

/**
 * The edit, refused where the caller names the state that it saw (If-Match, RFC 9110 section 13.1.1) and somebody has
 * changed it since, on this node or another. Without that header parts that others changed stay as they are.
 */
export function ifAsSeen<Value>(
  c: Context,
  edit: (current: Value | undefined) => Value | undefined,
): (current: Value | undefined) => Value | undefined {
  const seen = c.req.header('if-match')?.split(/\s*,\s*/);
  return (current) => {
    if (seen && !seen.includes('*') && !seen.includes(tagOf(current))) {
      throw new Problem(412, 'Somebody changed this since you looked at it; look again and repeat your change.');
    }
    return edit(current);
  };
}
