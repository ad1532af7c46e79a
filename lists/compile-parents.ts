import type { EntrySink, Saying } from './parse/entry.ts';
import type { Name } from './parse/name.ts';
import { LaneSet } from './rule-set/lane-set.ts';

/**
 * The entries of one list that stand for all subdomains. Collected in a first reading, because children may come
 * before their parents; in the second, entries that a parent already speaks for are left out.
 */
export class Parents implements EntrySink {
  /** How many names the list has, those included that stand twice. */
  names = 0;
  private readonly suffixes = new Map<string, LaneSet>();
  private readonly belows = new Map<string, LaneSet>();

  name(name: Name, saying: Saying): void {
    this.names++;
    // A condition makes the entry hold only sometimes, so it speaks for nobody else.
    if (saying.match === 'exact' || saying.condition !== undefined) return;
    const sets = saying.match === 'suffix' ? this.suffixes : this.belows;
    const stance = stanceOf(saying);
    let set = sets.get(stance);
    if (set === undefined) sets.set(stance, (set = new LaneSet()));
    set.add(name.first, name.second);
  }

  pattern(): void {}

  /** Whether another entry already says this of the name. */
  swallow(name: Name, saying: Saying): boolean {
    if (this.suffixes.size === 0 && this.belows.size === 0) return false;
    if (saying.condition?.rewrite !== undefined) return false;
    const stance = stanceOf(saying);
    const suffixes = this.suffixes.get(stance);
    const belows = this.belows.get(stance);
    const above = name.labels - 1;
    for (let level = 0; level < above; level++) {
      const first = name.lanes[2 * level];
      const second = name.lanes[2 * level + 1];
      if (suffixes?.has(first, second) || belows?.has(first, second)) return true;
    }
    const isParentItself = saying.match === 'suffix' && saying.condition === undefined;
    return !isParentItself && suffixes?.has(name.first, name.second) === true;
  }
}

const stanceOf = ({ action, important }: Saying): string => (important ? `important ${action}` : action);
