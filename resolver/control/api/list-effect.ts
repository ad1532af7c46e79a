import type { ChangedName } from '../../../lists/parse/changed-names.ts';
import type { Explanation } from '../../policy/explain.ts';
import type { Scope } from '../../policy/model.ts';
import { presets } from '../../policy/presets.ts';
import { type } from '../../wire/header.ts';
import { StoreAway } from '../store/store.ts';
import type { ApiDeps } from './deps.ts';

const WEEK = 7 * 24 * 3_600_000;
const NAMES_LOOKED_AT = 5000;
const NAMES_SHOWN = 200;

/** A name of the record that some phones would get another answer for. */
export interface Effect {
  readonly domain: string;
  /** Attempts of the last week. */
  readonly count: number;
  readonly from: ChangedName['before'];
  readonly to: ChangedName['after'];
  /** Which devices would notice. */
  readonly devices: string[];
}

/** Names of the last week and how often they were asked for. The record may be away: then there are none. */
export async function recordedNames({ record, now }: ApiDeps): Promise<Map<string, number>> {
  try {
    const to = now() + 1;
    const { buckets } = await record.summary({ by: 'domain', from: to - WEEK, to, limit: NAMES_LOOKED_AT });
    return new Map(buckets.map(({ key, blocked, allowed }) => [String(key), blocked + allowed]));
  } catch (error) {
    if (error instanceof StoreAway) return new Map();
    throw error;
  }
}

/**
 * What a list's other word would mean in this household: only what a phone would notice. Names that rules and purposes
 * decide about, and phones that the list is not attached to, are none of it.
 * @param list id of the list when it is subscribed already
 */
export async function effectsOf(
  changes: readonly ChangedName[],
  counts: ReadonlyMap<string, number>,
  { scope, list }: { readonly scope: Scope; readonly list?: string },
  deps: ApiDeps,
): Promise<Effect[]> {
  const frequent = changes
    .map(({ name, before, after }) => ({ domain: name, count: counts.get(name) ?? 0, from: before, to: after }))
    .sort((a, b) => b.count - a.count)
    .slice(0, NAMES_SHOWN);
  const effects: Effect[] = [];
  for (const change of frequent) {
    const devices: string[] = [];
    for (const device of await askedBy(change.domain, deps)) {
      if (!isAttached(scope, device, deps) || !listsDecide(device, deps)) continue;
      const explained = await deps.explain?.(device, change.domain, type.A, deps.now()).catch(() => undefined);
      if (!explained || isNoticed(explained, change.to, list)) devices.push(device);
    }
    if (devices.length > 0) effects.push({ ...change, devices });
  }
  return effects;
}

async function askedBy(domain: string, { record, now }: ApiDeps): Promise<Set<string>> {
  const to = now() + 1;
  const { attempts } = await record.attempts({ domain, from: to - WEEK, to, limit: 1000 });
  return new Set(attempts.map(({ device }) => device));
}

function isAttached({ kind, id }: Scope, device: string, { household }: ApiDeps): boolean {
  if (kind === 'everyone') return true;
  return kind === 'device' ? id === device : (household.get('device', device)?.groups.includes(id) ?? false);
}

function listsDecide(device: string, { household }: ApiDeps): boolean {
  const preset = household.get('device', device)?.preset ?? household.settings().defaultPreset;
  return presets[preset].listsDecide;
}

function isNoticed({ steps, verdict }: Explanation, to: ChangedName['after'], list: string | undefined): boolean {
  const lists = steps.findIndex(({ level }) => level === 'list');
  if (steps.slice(0, lists).some(({ says }) => says !== undefined)) return false;
  if (to === 'nothing') return verdict.reason === `list:${list}`;
  return verdict.action !== to;
}
