import { type PurposeId, purposeIds } from '../../lists/purposes.ts';
import { type Outcome, outcomes, type WallMs } from '../policy/model.ts';
import { textFromName } from '../wire/name.ts';

/** One question that matched a pack, a list or a rule, blocked or not. */
export interface Attempt {
  readonly at: WallMs;
  /** Device id; for a client that no device is known for, its address. */
  readonly device: string;
  /** Lower-cased text without trailing dot. */
  readonly domain: string;
  readonly qtype: number;
  readonly outcome: Outcome;
  readonly purpose?: PurposeId;
  /** What decided: `purpose:ads`, `list:<id>`, `rule:<id>`, `pause`, `watch:<source>`, `tentative:<pack>`, `full` (full logging). */
  readonly reason: string;
}

/** Questions of a device since the last batch, whether they matched or not. */
export interface DeviceCounts {
  readonly device: string;
  readonly total: number;
  readonly blocked: number;
}

interface BatchHead {
  /** Random per start of the process; (boot, sequence) names a batch for ever, so that one sent twice is stored once. */
  readonly boot: string;
  readonly sequence: number;
  readonly counts: readonly DeviceCounts[];
  /** Attempts that the ring had no room for since the last batch. */
  readonly dropped: number;
}

/** One flush of the ring. */
export interface AttemptBatch extends BatchHead {
  readonly attempts: readonly Attempt[];
}

/**
 * A flush as it crosses the planes. A row is little-endian: milliseconds since `began` (i32), positions in
 * `devices` (u16), type (u16), position in `reasons` (u16), outcome (u8), purpose + 1 (u8, 0: none),
 * length of the name (u8), then the name in wire form.
 */
export interface EncodedAttempts extends BatchHead {
  readonly began: WallMs;
  readonly rows: Uint8Array;
  readonly devices: readonly string[];
  readonly reasons: readonly string[];
}

/** Octets of a row before its name. */
export const ROW_LENGTH = 13;

/** Reads flushes. Names that came before are given the text they had: most of a household's names come again and again. */
export class AttemptReader {
  private readonly texts = new NameTexts();

  read(encoded: EncodedAttempts): AttemptBatch {
    const { boot, sequence, counts, dropped, began, rows, devices, reasons } = encoded;
    const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
    const attempts: Attempt[] = [];
    for (let at = 0; at < rows.length; at += ROW_LENGTH + rows[at + 12]) {
      const purpose = rows[at + 11];
      attempts.push({
        at: began + view.getInt32(at, true),
        device: devices[view.getUint16(at + 4, true)],
        domain: this.texts.of(rows, at + ROW_LENGTH, rows[at + 12]),
        qtype: view.getUint16(at + 6, true),
        outcome: outcomes[rows[at + 10]],
        purpose: purpose > 0 ? purposeIds[purpose - 1] : undefined,
        reason: reasons[view.getUint16(at + 8, true)],
      });
    }
    return { boot, sequence, counts, dropped, attempts };
  }
}

/** Slots for texts; a name whose slot another one took is made into text again. */
const SLOTS = 1 << 14;

class NameTexts {
  private readonly names: (Uint8Array | undefined)[] = new Array(SLOTS);
  private readonly texts: string[] = new Array(SLOTS);

  of(bytes: Uint8Array, at: number, length: number): string {
    let hash = length;
    for (let i = at; i < at + length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    if (!this.isKnown(slot, bytes, at, length)) {
      this.names[slot] = bytes.slice(at, at + length);
      this.texts[slot] = textFromName(bytes, at);
    }
    return this.texts[slot];
  }

  private isKnown(slot: number, bytes: Uint8Array, at: number, length: number): boolean {
    const name = this.names[slot];
    if (name?.length !== length) return false;
    for (let i = 0; i < length; i++) if (name[i] !== bytes[at + i]) return false;
    return true;
  }
}
