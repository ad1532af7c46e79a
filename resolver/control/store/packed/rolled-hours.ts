import type { WallMs } from '../../../policy/model.ts';
import type { SummaryFilter } from '../store.ts';
import { rolledUp } from './compaction.ts';
import type { Dictionaries } from './dictionaries.ts';
import type { Dictionary } from './dictionary.ts';
import { dayOf, hourMs, hourOf } from './hour.ts';
import type { RollUp } from './rollup.ts';
import type { Shelf } from './shelf.ts';

/** One device's hour, and the dictionary that explains its roll-up. */
export interface RolledHour {
  readonly device: string;
  readonly at: WallMs;
  readonly dictionary: Dictionary;
  /** Its roll-up, or added to one of the same device. */
  rollUp(sum?: RollUp): RollUp;
}

/** Every rolled-up hour from `from` until before `to`, both widened to whole hours; latest days first. */
export async function* rolledHours(
  { shelf, dictionaries }: { shelf: Shelf; dictionaries: Dictionaries },
  { device, from, to }: { readonly device?: SummaryFilter['device']; readonly from: WallMs; readonly to: WallMs },
): AsyncIterable<RolledHour> {
  const devices = device === undefined ? await shelf.devices() : [device].flat();
  const first = hourOf(from);
  const last = hourOf(to - 1);
  const days = await shelf.days(dayOf(first), dayOf(last));
  // Small enough to hold, large enough not to wait for every day alone.
  const daysAtOnce = Math.max(1, Math.floor(400 / Math.max(devices.length, 1)));
  for (let i = 0; i < days.length; i += daysAtOnce) {
    const some = days.slice(i, i + daysAtOnce);
    const firstOfSome = Math.max(first, some.at(-1)! * 24);
    const hours = await shelf.hours(devices, firstOfSome, Math.min(last, some[0] * 24 + 23), 'rollups');
    for (const [name, own] of Map.groupBy(hours, (hour) => hour.device)) {
      const dictionary = await dictionaries.current(name);
      for (const hour of own) {
        yield { device: name, at: hour.hour * hourMs, dictionary, rollUp: (sum) => rolledUp(hour, dictionary, sum) };
      }
    }
  }
}
