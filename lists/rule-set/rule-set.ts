import { crc32 } from 'node:zlib';
import type { PurposeId } from '../purposes.ts';

/** Where entries came from: a pack, or a subscribed list. Its position in `RuleSetMeta.sources` is its number. */
export interface Source {
  readonly kind: 'pack' | 'list';
  readonly id: string;
  /** Version of a pack, SHA-256 of a list's text. */
  readonly version: string;
  readonly entries: number;
}

/**
 * What one source says of one name.
 * `exact` holds for the name itself, `below` for its subdomains only, `suffix` for both.
 */
export interface Membership {
  readonly source: number;
  readonly match: 'exact' | 'suffix' | 'below';
  readonly action: 'block' | 'allow';
  readonly important?: true;
  /** Packs only. */
  readonly purpose?: PurposeId;
  /** Packs only: too little is known; matched and recorded, but it decides nothing. */
  readonly tentative?: true;
  /** Index into `RuleSetMeta.conditions`: the entry holds only for some types, clients or subdomains. */
  readonly condition?: number;
}

/** Adblock modifiers that narrow an entry: `$dnstype`, `$client`, `$denyallow`. */
export interface Condition {
  readonly types?: { readonly codes: readonly number[]; readonly except: boolean };
  readonly clients?: { readonly names: readonly string[]; readonly except: boolean };
  /** Suffixes for which the entry does not hold. */
  readonly denyallow?: readonly string[];
  /** `$dnsrewrite`: what to answer instead of blocking. */
  readonly rewrite?: { readonly rcode?: string; readonly type?: string; readonly value?: string };
}

/** An entry that no name stands for: `/regex/`, or a wildcard in the middle. Tried in order, after names. */
export interface Pattern {
  readonly regex: string;
  readonly membership: Membership;
}

export interface RuleSetMeta {
  readonly sources: readonly Source[];
  /** A name's value is a position in here; position 0 is unused. */
  readonly listSets: readonly (readonly Membership[])[];
  readonly conditions: readonly Condition[];
  readonly patterns: readonly Pattern[];
}

export const MAGIC = 0x33535251; // "QRS3", little-endian
export const HEADER_WORDS = 8;
/** What is left of two lanes, and a list-set id. */
export const ENTRY_WORDS = 2;

/** A rule-set whose bytes can't be used; the message says what is wrong with them. */
export class DamagedRuleSet extends Error {
  override name = 'DamagedRuleSet';
}

/**
 * Every name of every pack and list in one flat buffer that threads share without copying:
 * header (magic, crc32 of what follows, capacity, names, length of the meta part, slots, known bits, id bits), an
 * open-addressed table of 8-byte entries, and the meta part as JSON. Entries are in the order of their lanes, and so
 * are their homes, so that looking for what is not there ends at the first that is greater; beyond the last home there
 * are slots for what was pushed over it, and one that stays free.
 *
 * A name's 64 hashed bits stand for the name, and 8 bytes have room for them and the list-set id, because where an
 * entry is tells the first of them (the "known bits"): none is so far from its home that it could be taken for one of
 * another beginning. The first word has the 32 bits behind those, the second the last bits of the second lane, above
 * the id; where a table is too small to know as many as the id takes, the rest of those are gone. Whatever the number of
 * names, one that is on no list matches by chance once in 10^12 at most.
 */
export class RuleSet {
  readonly meta: RuleSetMeta;
  readonly names: number;
  readonly buffer: ArrayBufferLike;
  private readonly table: Int32Array;
  private readonly scale: number;
  private readonly knownBits: number;
  private readonly idBits: number;

  private constructor(buffer: ArrayBufferLike, header: Uint32Array, meta: RuleSetMeta) {
    const [, , capacity, names, , slots, knownBits, idBits] = header;
    this.buffer = buffer;
    this.meta = meta;
    this.names = names;
    this.scale = capacity / 2 ** 32;
    this.knownBits = knownBits;
    this.idBits = idBits;
    this.table = new Int32Array(buffer, HEADER_WORDS * 4, slots * ENTRY_WORDS);
  }

  /** @throws DamagedRuleSet */
  static open(buffer: ArrayBufferLike, { verify = true } = {}): RuleSet {
    if (buffer.byteLength < HEADER_WORDS * 4) throw new DamagedRuleSet('shorter than its header');
    const header = new Uint32Array(buffer, 0, HEADER_WORDS);
    const [magic, checksum, , , metaLength, slots] = header;
    const metaStart = (HEADER_WORDS + slots * ENTRY_WORDS) * 4;
    if (magic !== MAGIC) throw new DamagedRuleSet('not a rule-set, or of another version');
    if (metaStart + metaLength !== buffer.byteLength) throw new DamagedRuleSet('cut short');
    if (verify && crc32(new Uint8Array(buffer, 8)) !== checksum) throw new DamagedRuleSet('checksum does not match');
    const meta = JSON.parse(Buffer.from(buffer as ArrayBuffer, metaStart, metaLength).toString()) as RuleSetMeta;
    return new RuleSet(buffer, header, meta);
  }

  /** What tells it from others: sizes and the checksum of all that follows. */
  get header(): Uint8Array {
    return new Uint8Array(this.buffer, 0, HEADER_WORDS * 4);
  }

  /** The list-set id of the suffix with these lanes, 0 when no source names it. */
  find(first: number, second: number): number {
    const { table, idBits } = this;
    const key = orderOf(first, second, this.knownBits);
    const rest = second << idBits;
    const ids = (1 << idBits) - 1;
    for (let slot = (((first >>> 0) * this.scale) | 0) * ENTRY_WORDS; ; slot += ENTRY_WORDS) {
      const word = table[slot + 1];
      if ((word & ids) === 0) return 0;
      // All within reach are less than half the circle away.
      const ahead = (table[slot] - key) | 0;
      if (ahead > 0) return 0;
      if (ahead === 0 && (word ^ rest) >>> idBits === 0) return word & ids;
    }
  }
}

/** The 32 bits of both lanes that come after the known ones. */
export function orderOf(first: number, second: number, knownBits: number): number {
  // Shifting by 32 would not shift at all.
  return (first << knownBits) | ((second >>> 1) >>> (31 - knownBits));
}
