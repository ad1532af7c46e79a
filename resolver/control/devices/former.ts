import type { WallMs } from '../../policy/model.ts';
import type { DeviceDocument, Former } from '../settings/documents.ts';
import { keyOf } from './identity.ts';

/** Questions to the record name each of them. */
const MOST = 32;
const MOST_MARKS = 24;

/** A device about to become another one, and all that had become it before. */
export const asFormer = (device: Pick<DeviceDocument, 'id' | 'identifiers' | 'formerly'>, until: WallMs): Former[] => {
  const keys = device.identifiers.map(keyOf);
  const lasting = keys.filter((key) => !key.startsWith('address:'));
  const wentBy = (lasting.length > 0 ? lasting : keys).slice(0, MOST_MARKS);
  return [{ id: device.id, until, wentBy }, ...(device.formerly ?? [])];
};

/** Newest first; those beyond the bound are let go. */
export const joined = (...lists: (readonly Former[] | undefined)[]): Former[] | undefined => {
  const byId = new Map(lists.flatMap((list) => list ?? []).map((former) => [former.id, former]));
  const all = [...byId.values()].sort((a, b) => b.until - a.until).slice(0, MOST);
  return all.length > 0 ? all : undefined;
};

/** Those that are a device of their own again, now that these identifiers leave. */
export const returning = (formerly: readonly Former[] | undefined, leaving: ReadonlySet<string>): Former[] =>
  (formerly ?? []).filter(({ wentBy }) => wentBy.length > 0 && wentBy.every((key) => leaving.has(key)));
