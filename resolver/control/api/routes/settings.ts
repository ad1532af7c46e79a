import { createRoute } from '@hono/zod-openapi';
import { keepOf } from '../../record/retention.ts';
import type { SettingsDocument } from '../../settings/documents.ts';
import { body, json, resource, tellChange } from '../api-env.ts';
import { authorOf, demand, may } from '../caller.ts';
import { checkZone } from '../checks.ts';
import type { ApiDeps } from '../deps.ts';
import { ifAsSeen, showTag } from '../if-match.ts';
import { patched } from '../patched.ts';
import { Settings, SettingsPatch } from '../schemas/household.ts';

const read = createRoute({
  method: 'get',
  path: '/',
  responses: { 200: json(Settings, 'What holds for the whole household.') },
});
const patch = createRoute({
  method: 'patch',
  path: '/',
  request: body(SettingsPatch),
  responses: { 200: json(Settings, 'The settings as they are now.') },
});

export const settingsRoutes = (deps: ApiDeps) => {
  const { household, now } = deps;
  return resource()
    .openapi(read, (c) => {
      demand(c, may.read(c.get('caller')));
      showTag(c, household.settings());
      return c.json(presentSettings(household.settings()), 200);
    })
    .openapi(patch, async (c) => {
      demand(c, may.administer(c.get('caller')));
      const { retention, ...wish } = c.req.valid('json');
      if (wish.zone !== undefined) checkZone(wish.zone, 'zone');
      const author = authorOf(c, `Settings changed: ${Object.keys(c.req.valid('json')).join(', ')}`);
      const edit = (current: SettingsDocument | undefined): SettingsDocument => {
        const before = current ?? household.settings();
        const isNew = wish.unknownDevices !== undefined && wish.unknownDevices !== before.unknownDevices;
        const since = isNew && { unknownSince: now() };
        return { ...patched(before, wish), ...since, retention: { ...before.retention, ...retention } };
      };
      const asSeen = ifAsSeen<SettingsDocument>(c, edit);
      const careful = (current: SettingsDocument | undefined) => asSeen(current ?? household.settings());
      tellChange(c, await household.change(author, [{ kind: 'settings', id: 'household', edit: careful }]));
      showTag(c, household.settings());
      return c.json(presentSettings(household.settings()), 200);
    });
};

const presentSettings = ({ id: _, unknownSince: __, retention, ...settings }: SettingsDocument) => ({
  ...settings,
  retention: keepOf(retention),
});
