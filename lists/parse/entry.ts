import type { Condition } from '../rule-set/rule-set.ts';
import type { Name } from './name.ts';

/** What a line says of the name beside it. Lines that say the same share one object where that is easy. */
export interface Saying {
  readonly match: 'exact' | 'suffix' | 'below';
  readonly action: 'block' | 'allow';
  readonly important?: true;
  readonly condition?: Condition;
}

export const blockExact: Saying = { match: 'exact', action: 'block' };
export const blockSuffix: Saying = { match: 'suffix', action: 'block' };
export const blockBelow: Saying = { match: 'below', action: 'block' };
export const allowExact: Saying = { match: 'exact', action: 'allow' };
export const allowSuffix: Saying = { match: 'suffix', action: 'allow' };
export const allowBelow: Saying = { match: 'below', action: 'allow' };

/** Receives what lines say. A name is only lent: it changes with the next line. */
export interface EntrySink {
  name(name: Name, saying: Saying, line: number): void;
  /** `regex` is tried, unanchored, on the lower-case name without its trailing dot. */
  pattern(regex: string, saying: Saying, line: number): void;
}

/** What became of a line. */
export type Reading =
  | typeof RULE
  | typeof BLANK
  /** Understood, and of no use to DNS: cosmetic rules, rules for paths, real addresses. */
  | { readonly skipped: string }
  /** Not understood. */
  | { readonly bad: string };

export const RULE = 'rule';
export const BLANK = 'blank';

/** Reads one line of its format, trimmed and not empty. */
export interface LineReader {
  read(line: Line, sink: EntrySink): Reading;
}

const decoder = new TextDecoder();

/** A window on the bytes of one trimmed line. */
export class Line {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** From 1. */
  number = 0;

  /** Position of a byte at or after `from`, `end` when the line has none. */
  find(byte: number, from: number = this.start): number {
    const { bytes, end } = this;
    let at = from;
    while (at < end && bytes[at] !== byte) at++;
    return at;
  }

  /** End of the word that starts at `from`. */
  wordEnd(from: number = this.start): number {
    const { bytes, end } = this;
    let at = from;
    while (at < end && !isSpace(bytes[at])) at++;
    return at;
  }

  /** Start of the next word at or after `from`, `end` when there is none. */
  wordStart(from: number): number {
    const { bytes, end } = this;
    let at = from;
    while (at < end && isSpace(bytes[at])) at++;
    return at;
  }

  /** Whether the ASCII text stands at `at`. */
  has(text: string, at: number = this.start): boolean {
    if (at + text.length > this.end) return false;
    for (let i = 0; i < text.length; i++) if (this.bytes[at + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  text(start: number = this.start, end: number = this.end): string {
    return decoder.decode(this.bytes.subarray(start, end));
  }
}

/** Blanks, tabs, carriage returns and the NULs that some editors leave. */
export const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0;
