import { createRoute, type z } from '@hono/zod-openapi';
import type { Edit, Kind } from '../../settings/edit.ts';
import { body, json, resource, tellChange } from '../api-env.ts';
import { authorOf, demand, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { time } from '../present/time.ts';
import { readExport } from '../read-export.ts';
import { Export, Imported } from '../schemas/household.ts';

/** Everything that is decided. Passwords, sessions, tokens and history stay at home. */
export const exportedKinds = ['settings', 'device', 'group', 'rule', 'list'] as const satisfies Kind[];

const write = createRoute({
  method: 'get',
  path: '/',
  responses: { 200: json(Export, 'All that the household decided, to be kept or moved elsewhere.') },
});
const read = createRoute({
  method: 'post',
  path: '/',
  request: body(Export),
  responses: { 200: json(Imported, 'The household is as the file says.') },
});

type Document = z.input<typeof Export>['documents']['settings'][number];

export const exportRoutes = (deps: ApiDeps) =>
  resource().openapi(write, (c) => {
    demand(c, may.administer(c.get('caller')));
    c.header('Content-Disposition', 'attachment; filename="quell-household.json"');
    const all = (kind: (typeof exportedKinds)[number]) =>
      structuredClone(deps.household.all(kind)) as unknown as Document[];
    return c.json(
      {
        format: 'quell-household' as const,
        version: 1 as const,
        at: time(deps.now()),
        documents: {
          settings: all('settings'),
          device: all('device'),
          group: all('group'),
          rule: all('rule'),
          list: all('list'),
        },
      },
      200,
    );
  });

export const importRoutes = (deps: ApiDeps) =>
  resource().openapi(read, async (c) => {
    demand(c, may.administer(c.get('caller')));
    const { at, documents } = c.req.valid('json');
    const wanted = await readExport(documents);
    const edits: Edit[] = [];
    for (const kind of exportedKinds) {
      const kept = new Set(wanted[kind].map(({ id }) => id));
      for (const { id } of deps.household.all(kind)) {
        if (!kept.has(id)) edits.push({ kind, id, edit: () => undefined } as Edit);
      }
      for (const document of wanted[kind]) edits.push({ kind, id: document.id, edit: () => document } as Edit);
    }
    const change = await deps.household.change(authorOf(c, `Imported the export of ${at}`), edits);
    tellChange(c, change);
    const removed = edits.filter((edit) => 'edit' in edit && edit.edit(undefined as never) === undefined).length;
    return c.json({ written: edits.length - removed, removed }, 200);
  });
