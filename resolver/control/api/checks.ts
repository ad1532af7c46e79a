import type { Scope, WallMs } from '../../policy/model.ts';
import type { ApiDeps } from './deps.ts';
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

/** @throws Problem 400 when the device or group does not exist */
export function checkScope({ kind, id }: Scope, { household, devices }: Pick<ApiDeps, 'household' | 'devices'>): void {
  if (kind === 'everyone') return;
  if (kind === 'device' && !devices.get(id) && !household.get('device', id)) {
    throw badField('scope.id', `There is no device "${id}"; take an id from GET /devices.`);
  }
  if (kind === 'group' && !household.get('group', id)) {
    throw badField('scope.id', `There is no group or person "${id}"; take an id from GET /groups or GET /people.`);
  }
}
