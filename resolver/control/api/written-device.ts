import type { ApiDeps } from './deps.ts';

/**
 * Makes a device that was met a moment ago durable before somebody decides about it: a decision must not outlive its
 * device, and taking the decision back must leave the device.
 */
export async function writeDevice(
  id: string | undefined,
  { household, devices }: Pick<ApiDeps, 'household' | 'devices'>,
): Promise<void> {
  const met = id !== undefined && !household.get('device', id) && devices.get(id);
  if (met) await household.note([{ kind: 'device', id: met.id, edit: (written) => written ?? met }]);
}
