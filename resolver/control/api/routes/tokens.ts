import { createRoute, z } from '@hono/zod-openapi';
import type { TokenDocument } from '../../settings/documents.ts';
import { body, json, resource, tellChange } from '../api-env.ts';
import { authorOf, demand, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { time, timeOr } from '../present/time.ts';
import { badField, notFound, Problem } from '../problem.ts';
import { Id } from '../schemas/common.ts';
import { CreatedToken, NewToken, Tokens } from '../schemas/household.ts';

const MOST_TOKENS = 200;

const list = createRoute({
  method: 'get',
  path: '/',
  responses: { 200: json(Tokens, 'The tokens, without their secrets.') },
});
const create = createRoute({
  method: 'post',
  path: '/',
  request: body(NewToken),
  responses: { 201: json(CreatedToken, 'The token; it is shown only now.') },
});
const revoke = createRoute({
  method: 'delete',
  path: '/{id}',
  request: { params: z.object({ id: Id }) },
  responses: { 204: { description: 'Revoked.' } },
});

export const tokenRoutes = (deps: ApiDeps) => {
  const { household, access, now } = deps;
  return resource()
    .openapi(list, (c) => {
      demand(c, may.administer(c.get('caller')));
      const tokens = household.all('token').sort((a, b) => b.createdAt - a.createdAt);
      return c.json({ tokens: tokens.map(presentToken) }, 200);
    })
    .openapi(create, async (c) => {
      demand(c, may.administer(c.get('caller')));
      const wish = c.req.valid('json');
      if (wish.expiresAt !== undefined && wish.expiresAt <= now()) {
        throw badField('expiresAt', 'expiresAt lies in the past; give a time that is still to come.');
      }
      if (household.count('token') >= MOST_TOKENS)
        throw new Problem(409, `There are ${MOST_TOKENS} tokens already; revoke some first.`);
      const { secret, token, change } = await access.tokens.create(authorOf(c, `Token created: ${wish.name}`), wish);
      tellChange(c, change === undefined ? undefined : { id: change });
      return c.json({ ...presentToken(token), token: secret }, 201);
    })
    .openapi(revoke, async (c) => {
      demand(c, may.administer(c.get('caller')));
      const { id } = c.req.valid('param');
      const token = household.get('token', id);
      if (!token) throw notFound('token');
      const author = authorOf(c, `Token revoked: ${token.name}`);
      tellChange(c, await household.change(author, [{ kind: 'token', id, edit: () => undefined }]));
      return c.body(null, 204);
    });
};

const presentToken = ({ id, name, scopes, createdAt, lastUsed, expiresAt }: TokenDocument) => ({
  id,
  name,
  scopes: [...scopes],
  createdAt: time(createdAt),
  lastUsed: timeOr(lastUsed),
  expiresAt: timeOr(expiresAt),
});
