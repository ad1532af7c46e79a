import { hashSuffixes } from '../../lists/rule-set/name-hash.ts';
import { MAX_LABELS, Name } from '../wire/name.ts';

/** A name with the hashes of its suffixes, as every table of policy wants it. Reused for name after name. */
export class HashedName {
  readonly name: Name;
  /** `lanes[2 * i]`, `lanes[2 * i + 1]`: the suffix of i + 1 labels. */
  readonly lanes = new Uint32Array(2 * (MAX_LABELS + 1));

  constructor(name: Name = new Name()) {
    this.name = name;
  }

  /** To be called whenever `name` has been read anew. */
  hash(): void {
    hashSuffixes(this.name.bytes, 0, this.name.labels, this.name.count, this.lanes);
  }

  /** @returns false when the text is no name */
  readText(text: string): boolean {
    if (!this.name.readText(text)) return false;
    this.hash();
    return true;
  }
}
