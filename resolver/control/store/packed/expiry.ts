import type { WallMs } from '../../../policy/model.ts';
import { rowsOf } from './chunk.ts';
import { type Dictionaries, newGeneration } from './dictionaries.ts';
import { type Entry, formatEntry, retiredLine } from './dictionary.ts';
import { isUnmatched, RollUp } from './rollup.ts';
import type { Shelf } from './shelf.ts';

/**
 * Blanks dictionary entries that nothing kept refers to any more, so that dropped attempts leave no names behind.
 * In two steps: entries old enough are retired first, after which nobody writes new rows with them; those that
 * are then in no row and no roll-up are blanked.
 */
export async function expireEntries(
  { shelf, dictionaries }: { shelf: Shelf; dictionaries: Dictionaries },
  device: string,
  before: { readonly attempts: WallMs; readonly rollups: WallMs },
): Promise<void> {
  const isOld = (entry: Entry) => entry.firstAt < (isUnmatched(entry) ? before.attempts : before.rollups);
  const old = (await dictionaries.current(device)).entries().filter(isOld);
  if (old.length === 0) return;
  const fresh = old.filter((entry) => !entry.retired);
  const retire = fresh.map((entry): [number, string] => [entry.number, retiredLine(formatEntry(entry, entry.firstAt))]);
  if (retire.length > 0 && !(await rewrite(device, retire))) return;
  const used = await usedEntries(shelf, device);
  const blank = old.filter((entry) => !used.has(entry.number)).map((entry): [number, string] => [entry.number, '']);
  if (blank.length > 0) await rewrite(device, blank);

  async function rewrite(device: string, lines: [number, string][]): Promise<boolean> {
    const { generation } = await dictionaries.current(device);
    return shelf.rewrite(device, generation, newGeneration(), lines);
  }
}

async function usedEntries(shelf: Shelf, device: string): Promise<Set<number>> {
  const used = new Set<number>();
  for (const day of await shelf.days(0, Number.MAX_SAFE_INTEGER)) {
    const [from, to] = [day * 24, day * 24 + 23];
    for (const hour of await shelf.hours([device], from, to, 'attempts')) {
      for (const entry of rowsOf(hour).entries) used.add(entry);
    }
    for (const hour of await shelf.hours([device], from, to, 'rollups')) {
      const rollUp = new RollUp();
      if (hour.rollUp) rollUp.addPacked(hour.rollUp);
      for (const entry of rollUp.entries()) used.add(entry);
    }
  }
  return used;
}
