import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ApiEnv } from './api-env.ts';
import { Problem } from './problem.ts';

const KIB = 1024;
const MOST = 64 * KIB;
/** A list's text, and a whole household, may be longer. */
const more: readonly (readonly [path: RegExp, size: number])[] = [
  [/\/lists\/preview$/, 1100 * KIB],
  [/\/import$/, 32 * KIB * KIB],
];

const limitTo = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new Problem(413, `The body is larger than ${Math.floor(maxSize / KIB)} KiB; send less at once.`);
    },
  });

const usual = limitTo(MOST);
const larger = more.map(([path, size]) => [path, limitTo(size)] as const);

export const limitBody: MiddlewareHandler<ApiEnv> = (c, next) => {
  const limit = larger.find(([path]) => path.test(c.req.path))?.[1] ?? usual;
  return limit(c, next);
};
