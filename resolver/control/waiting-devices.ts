import type { NoticeFacts } from './api/deps.ts';
import { nameOfDevice } from './api/present/device.ts';
import type { Household } from './settings/household.ts';
import { isUndecided } from './settings/policy-snapshot.ts';

/** More than that come when a whole school arrives; one sentence then says it all. */
const NAMED = 5;

/** Devices that are held until the owner decides about them, as the owner should hear of them. */
export function waitingDevices(household: Pick<Household, 'all' | 'settings'>): NoticeFacts[] {
  const settings = household.settings();
  if (settings.unknownDevices !== 'hold') return [];
  const waiting = household.all('device').filter((device) => isUndecided(device, settings));
  const level = 'info' as const;
  const remedy = 'Give it a name or a preset, and it may go on; until then it only sees that it is online.';
  if (waiting.length > NAMED) {
    return [{ id: 'devices-wait', level, sentence: `${waiting.length} new devices wait for your decision.`, remedy }];
  }
  return waiting.map((device) => ({
    id: `device-waits-${device.id}`,
    level,
    sentence: `${nameOfDevice(device)} waits for your decision.`,
    remedy,
    device: device.id,
  }));
}
