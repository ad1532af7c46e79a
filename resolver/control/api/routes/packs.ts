import { createRoute } from '@hono/zod-openapi';
import type { PackEntry, Pack as PackFile } from '../../../../lists/pack/format.ts';
import { type Purpose, type PurposeId, purposes } from '../../../../lists/purposes.ts';
import { recipesOf } from '../../recipes.ts';
import { json, resource } from '../api-env.ts';
import { demand } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { Packs } from '../schemas/packs.ts';

const list = createRoute({
  method: 'get',
  path: '/',
  responses: { 200: json(Packs, 'The packs, and what each purpose means and breaks.') },
});

export const packRoutes = (deps: ApiDeps) => {
  // Packs come with the product and don't change while it runs.
  const answer = {
    packs: deps.packs.map(presentPack),
    purposes: purposes.map((one) => presentPurpose(one, deps.packs)),
  };
  return resource().openapi(list, (c) => {
    demand(c, c.get('caller').role !== 'nobody');
    return c.json(answer, 200);
  });
};

function presentPack(pack: PackFile) {
  const { id, title, vendor, version, names, decisions, leftOut } = pack;
  const byPurpose = Map.groupBy(names, ({ purpose }) => purpose);
  return {
    id,
    name: title,
    vendor,
    version,
    domains: names.length,
    purposes: Array.from(byPurpose, ([purpose, entries]) => ({ id: purpose as PurposeId, domains: entries.length })),
    recipes: recipesOf([pack]).map(({ key, recipe }) => ({ ...recipe, id: key })),
    decisions,
    leftOut: leftOut.map(({ reason, names }) => ({ reason, domains: names.length })),
  };
}

const certainty: Record<PackEntry['confidence'], number> = { high: 2, medium: 1, low: 0 };

function presentPurpose(purpose: Purpose & { readonly id: PurposeId }, packs: readonly PackFile[]) {
  const entries = packs.flatMap(({ names }) => names.filter((entry) => entry.purpose === purpose.id));
  const breaking = entries
    .filter((entry) => entry.breaks !== undefined)
    .sort((a, b) => certainty[b.confidence] - certainty[a.confidence]);
  return {
    id: purpose.id,
    title: purpose.title,
    sentence: purpose.sentence,
    balanced: purpose.balanced,
    quiet: purpose.quiet,
    protected: purpose.protected === true,
    domains: entries.length,
    breaks: [...new Set(breaking.map((entry) => entry.breaks!))],
  };
}
