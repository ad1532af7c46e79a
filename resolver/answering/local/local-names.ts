import { hashName, lanesOfName } from '../../../lists/rule-set/name-hash.ts';
import type { HashedName } from '../../policy/hashed-name.ts';
import type { Knowledge } from './knowledge.ts';

/** Bits of the filter; a house has few names of its own. */
const BITS = 1 << 16;

/** What is known at a name, of the names below it (a wildcard), and of the whole zone. */
interface Place {
  readonly second: number;
  at?: Knowledge;
  below?: Knowledge;
  zone?: Knowledge;
}

/**
 * Names by hash. A filter of bits stands before the table, so that the names of the world outside, nearly all
 * that are asked, cost one bit for each label.
 */
export class LocalNames {
  private readonly filter = new Uint32Array(BITS >>> 5);
  /** By the first lane of the name's hash, as a small integer; the second lane is compared. */
  private readonly places = new Map<number, Place[]>();

  /**
   * @param part `at`: this name; `below`: every name below it; `zone`: both
   * @returns false when the text is no name, or something is known already
   */
  add(name: string, part: 'at' | 'below' | 'zone', knowledge: Knowledge): boolean {
    const count = hashName(name);
    if (count === 0) return false;
    const place = this.make(lanesOfName[2 * count - 2], lanesOfName[2 * count - 1]);
    if (place[part]) return false;
    place[part] = knowledge;
    return true;
  }

  /** What is known of a name: the longest suffix that something is known of speaks. */
  find({ name, lanes }: HashedName): Knowledge | undefined {
    const whole = name.count - 1;
    for (let level = whole; level >= 0; level--) {
      const first = lanes[2 * level];
      if (((this.filter[(first & (BITS - 1)) >>> 5] >>> (first & 31)) & 1) === 0) continue;
      const place = this.place(first, lanes[2 * level + 1]);
      const found = place && ((level === whole ? place.at : place.below) ?? place.zone);
      if (found) return found;
    }
    return undefined;
  }

  private place(first: number, second: number): Place | undefined {
    return this.places.get(first | 0)?.find((place) => place.second === second);
  }

  private make(first: number, second: number): Place {
    const known = this.place(first, second);
    if (known) return known;
    const place: Place = { second };
    const same = this.places.get(first | 0);
    if (same) same.push(place);
    else this.places.set(first | 0, [place]);
    this.filter[(first & (BITS - 1)) >>> 5] |= 1 << (first & 31);
    return place;
  }
}
