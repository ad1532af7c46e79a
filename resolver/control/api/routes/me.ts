import { createRoute } from '@hono/zod-openapi';
import { json, resource } from '../api-env.ts';
import { MEMBER_MINUTES, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { Me } from '../schemas/household.ts';
import { shown } from './devices.ts';

const me = createRoute({
  method: 'get',
  path: '/',
  responses: { 200: json(Me, 'The phone this request comes from, and what its user may do on it.') },
});

export const meRoutes = (deps: ApiDeps) =>
  resource().openapi(me, async (c) => {
    const caller = c.get('caller');
    const { role, device } = caller;
    if (device === undefined || role === 'nobody') {
      const says =
        device === undefined ? undefined : 'This device waits for a decision; ask the owner to give it a name.';
      return c.json({ role, says, may: { pause: false, allow: false, change: false } }, 200);
    }
    const change = may.changeDevice(caller, device);
    const short = may.changeForAWhile(caller, device);
    return c.json(
      {
        role,
        ...(may.readDevice(caller, device) && { device: await shown(deps, device) }),
        may: { pause: short, allow: short, change, ...(short && !change && { maxMinutes: MEMBER_MINUTES }) },
      },
      200,
    );
  });
