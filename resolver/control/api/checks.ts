import type { WallMs } from '../../policy/model.ts';
import { badField } from './problem.ts';

/** @throws Problem 400 */
export function checkFuture(until: WallMs, now: WallMs): void {
  if (until <= now) throw badField('until', 'until lies in the past; give a time that is still to come.');
}

/** @throws Problem 400 naming the field */
export function checkZone(zone: string, field: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw badField(field, `"${zone}" is not a time zone; write it like "Europe/Berlin".`);
  }
}
