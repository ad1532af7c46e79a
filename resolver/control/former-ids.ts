import type { Household } from './settings/household.ts';

/** Ids that a device had before it turned out to be another one. */
export class FormerIds {
  private readonly household: Pick<Household, 'all' | 'get' | 'version'>;
  /** Former id to the id of today, as of a version of the household. */
  private known = { version: -1, today: new Map<string, string>() };

  constructor(household: Pick<Household, 'all' | 'get' | 'version'>) {
    this.household = household;
  }

  /** @returns the id by which the device goes now; the given one for any other */
  today(id: string): string {
    const { household } = this;
    if (this.known.version !== household.version) {
      const today = new Map<string, string>();
      // One that is a device again, as when a merge was undone, is nobody else.
      for (const { id, formerly = [] } of household.all('device'))
        for (const former of formerly) if (!household.get('device', former.id)) today.set(former.id, id);
      this.known = { version: household.version, today };
    }
    return this.known.today.get(id) ?? id;
  }
}
