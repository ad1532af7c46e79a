/**
 * Rows have one order, newest first: by time, then device, then dictionary entry. No two rows share all three,
 * so a cursor that holds those of the last row says exactly where the next page begins.
 */
export interface Place {
  readonly at: number;
  readonly device: string;
  readonly entry: number;
}

export const newestFirst = (a: Place, b: Place): number =>
  b.at - a.at || (a.device < b.device ? 1 : a.device > b.device ? -1 : b.entry - a.entry);

export const formatCursor = ({ at, device, entry }: Place): string =>
  Buffer.from(`${at.toString(36)} ${entry} ${device}`).toString('base64url');

export function parseCursor(cursor: string): Place {
  const [at, entry, ...device] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const place = { at: Number.parseInt(at, 36), device: device.join(' '), entry: Number(entry) };
  if (Number.isNaN(place.at) || Number.isNaN(place.entry))
    throw new RangeError('That page does not exist; start over.');
  return place;
}
