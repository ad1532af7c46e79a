import { createRoute, z } from '@hono/zod-openapi';
import type { Pack, PackEntry } from '../../../../lists/pack/format.ts';
import { evidenceFor, type Finding } from '../../../../lists/pack.ts';
import type { FoundLine } from '../../../../lists/parse/find-line.ts';
import { purposes } from '../../../../lists/purposes.ts';
import type { ListDocument } from '../../settings/documents.ts';
import { type AttemptRow, StoreAway } from '../../store/store.ts';
import { json, resource } from '../api-env.ts';
import { demand, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { linesOf } from '../present/list-lines.ts';
import { time, timeOr } from '../present/time.ts';
import { DomainIn } from '../schemas/common.ts';
import { Domain } from '../schemas/packs.ts';

const WEEK = 7 * 24 * 3_600_000;

const card = createRoute({
  method: 'get',
  path: '/{name}',
  request: { params: z.object({ name: DomainIn }) },
  responses: { 200: json(Domain, 'What is known of a name, who says so, and who asked for it.') },
});

/** The evidence card of a name. */
export const domainRoutes = (deps: ApiDeps) =>
  resource().openapi(card, async (c) => {
    const { name } = c.req.valid('param');
    const caller = c.get('caller');
    demand(c, caller.role !== 'nobody');
    const findings = findingsFor(deps.packs, name);
    const [finding] = findings;
    const only = may.read(caller) ? undefined : caller.device;
    const seen =
      caller.role === 'token' && only === undefined && !may.read(caller) ? undefined : await seenOf(deps, name, only);
    const named = (await deps.namedBy?.(name)) ?? [];
    const isOverruled = finding !== undefined && decidesFirst(finding.entry);
    const lines = await linesOf(named, name, deps);
    const lists = named
      .flatMap((id) => deps.household.get('list', id) ?? [])
      .map((list) => ({ ...presentHit(list, lines.get(list.id)), overruled: isOverruled }));
    return c.json(
      {
        name,
        purpose: finding?.entry.purpose,
        protected: finding !== undefined && isProtected(finding.entry.purpose),
        evidence: findings.map(presentEvidence),
        decisions: deps.packs.flatMap(({ decisions }) =>
          decisions.filter(({ names }) => names.includes(name)).map(({ says }) => says),
        ),
        leftOut: deps.packs.flatMap(({ leftOut }) => leftOut).find(({ names }) => names.includes(name))?.reason,
        lists,
        firstSeen: timeOr(seen?.first),
        askedBy: (seen?.rows ?? []).map(({ device, lastAt, blocked, allowed }) => ({
          device,
          lastAt: time(lastAt),
          blocked,
          allowed,
        })),
      },
      200,
    );
  });

function findingsFor(packs: readonly Pack[], name: string): Finding[] {
  const closest = evidenceFor(packs, name);
  if (!closest) return [];
  const others = packs.filter((pack) => pack !== closest.pack).flatMap((pack) => evidenceFor([pack], name) ?? []);
  return [closest, ...others];
}

/** With the line that names it, where the text is at hand. */
function presentHit({ id, name, kind }: ListDocument, found: FoundLine | undefined) {
  const action = kind === 'allow' ? kind : (found?.saying.action ?? kind);
  return { id, name, action, line: found?.line, text: found?.text };
}

/** Purposes speak before lists, unless the pack only guesses. */
const decidesFirst = ({ purpose, confidence }: PackEntry): boolean => confidence !== 'low' || isProtected(purpose);

const isProtected = (id: string): boolean => purposes.some((one) => one.id === id && 'protected' in one);

const presentEvidence = ({ pack, entry }: Finding) => ({
  pack: pack.id,
  version: pack.version,
  entry: entry.name,
  match: entry.match,
  purpose: entry.purpose,
  also: [...(entry.also ?? [])],
  confidence: entry.confidence,
  regions: [...entry.regions],
  says: entry.evidence[0]?.says,
  breaks: entry.breaks,
  sources: entry.evidence.map(({ says, link }) => ({ title: says, url: link })),
});

/** The card is worth reading without the record, when that is away. */
async function seenOf({ record, now }: ApiDeps, domain: string, device: string | undefined) {
  try {
    const [first, { attempts }] = await Promise.all([
      record.firstSeen(domain, device),
      record.attempts({ domain, device, from: now() - WEEK, limit: 1000 }),
    ]);
    return { first, rows: askedBy(attempts) };
  } catch (error) {
    if (error instanceof StoreAway) return undefined;
    throw error;
  }
}

function askedBy(attempts: readonly AttemptRow[]) {
  const byDevice = Map.groupBy(attempts, ({ device }) => device);
  const rows = Array.from(byDevice, ([device, own]) => {
    const count = (isBlocked: boolean) =>
      own.filter(({ outcome }) => (outcome === 'blocked') === isBlocked).reduce((sum, row) => sum + row.count, 0);
    return { device, lastAt: Math.max(...own.map(({ at }) => at)), blocked: count(true), allowed: count(false) };
  });
  return rows.sort((a, b) => b.lastAt - a.lastAt);
}
