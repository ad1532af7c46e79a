import type { Entry } from './matcher.ts';
import type { BlockMode } from './model.ts';

/** More lists than this say nothing new about one name. */
const MAX_LISTS = 64;

/** What packs and lists say of one name; filled anew for each question. */
export class Hits {
  /** Purpose of the longest pack entry, -1 when no pack knows the name. */
  purpose = -1;
  pack = -1;
  /** The pack knows too little of the name to decide by it. */
  tentative = false;
  /** Source numbers of the lists that name it, with what they say, in parallel. */
  readonly lists = new Int32Array(MAX_LISTS);
  readonly allows = new Uint8Array(MAX_LISTS);
  readonly important = new Uint8Array(MAX_LISTS);
  readonly modes: (BlockMode | undefined)[] = new Array(MAX_LISTS).fill(undefined);
  listCount = 0;
  private sourceIds: readonly string[] = [];

  clear(sourceIds: readonly string[]): void {
    this.purpose = this.pack = -1;
    this.tentative = false;
    this.listCount = 0;
    this.sourceIds = sourceIds;
  }

  /** To be called from the shortest suffix to the longest: a later pack entry replaces an earlier one. */
  add(entry: Entry): void {
    if (entry.pack) {
      this.purpose = entry.purpose;
      this.pack = entry.source;
      this.tentative = entry.tentative;
    } else if (this.listCount < MAX_LISTS) {
      const place = this.listCount++;
      this.lists[place] = entry.source;
      this.allows[place] = entry.allow ? 1 : 0;
      this.important[place] = entry.important ? 1 : 0;
      this.modes[place] = entry.mode;
    }
  }

  get any(): boolean {
    return this.purpose >= 0 || this.listCount > 0;
  }

  sourceId(source: number): string {
    return this.sourceIds[source];
  }
}
