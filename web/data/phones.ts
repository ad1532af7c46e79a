import type { Device, Person } from './model.ts';

/** Routers and televisions are devices too; the pages for phones show what could be one. */
export const arePhones = (device: Pick<Device, 'kind'>): boolean =>
  device.kind === 'phone' || device.kind === 'tablet' || device.kind === 'unknown';

export interface Party {
  readonly person: Person | undefined;
  readonly devices: readonly Device[];
}

/** Phones by the person they belong to, then those that belong to nobody yet; a party without phones is left out. */
export function parties(devices: readonly Device[], people: readonly Person[]): Party[] {
  const owned = people.map((person) => ({
    person,
    devices: devices.filter((device) => device.groups.includes(person.id)),
  }));
  const free = devices.filter((device) => !people.some((person) => device.groups.includes(person.id)));
  return [...owned, { person: undefined, devices: free }].filter((party) => party.devices.length > 0);
}

/** Devices are known from the network before they ever ask; this one has asked today. */
export const hasAsked = ({ today }: Device): boolean =>
  today !== undefined && today.blocked + today.allowed + today.counted > 0;
