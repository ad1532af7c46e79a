import { dayOf } from '../packed/hour.ts';
import { ByteReader, ByteWriter } from '../packed/varint.ts';
import type { Statements } from './statements.ts';

/** Flushes and octets that are left as they came. Who reads anything of their hours looks through all of them. */
const FLUSHES = 64;
const OCTETS = 65_536;

/** What one flush says of a device, by the device's number. */
export interface FlushPart {
  readonly device: number;
  readonly bytes: Uint8Array;
}

interface FlushRow {
  readonly hour: number;
  readonly boot: string;
  readonly sequence: number;
  readonly at: number;
  readonly bytes: Uint8Array;
}

const out = new ByteWriter();

/**
 * What was appended last: a row per flush and hour, with the parts of all devices, its boot and its sequence. A commit
 * costs by the pages that it touches: a row for each part, and one for the boot, cost five times as much. After some
 * flushes all of them are sorted into each device's segments. What changes anything belongs into a transaction of its
 * caller's.
 */
export class Flushes {
  readonly #statements: () => Statements;
  /** What the current turn has; missing when somebody else may have changed it. */
  #current: { readonly turn: number; slots: number; octets: number } | undefined;

  constructor(deps: { readonly statements: () => Statements }) {
    this.#statements = deps.statements;
  }

  add(flush: Omit<FlushRow, 'bytes'>, parts: readonly FlushPart[]): void {
    out.begin();
    for (const { device, bytes } of parts) {
      out.write(device);
      out.writeBytes(bytes);
    }
    const bytes = out.bytes();
    const current = this.#known();
    const sql = 'INSERT OR REPLACE INTO flush VALUES (?, ?, ?, ?, ?, ?, ?)';
    const { hour, boot, sequence, at } = flush;
    this.#statements().run(sql, current.slots++, current.turn, hour, boot, sequence, at, bytes);
    current.octets += bytes.length;
  }

  /** Nothing that was known before is relied on any more. */
  lookAnew(): void {
    this.#current = undefined;
  }

  /** The last sequence of a boot, when it is among these. */
  last(boot: string): number | undefined {
    const sql = `SELECT max(sequence) AS last FROM flush WHERE ${isCurrent} AND boot = ?`;
    const last = this.#statements().get(sql, boot)?.last;
    return last === null ? undefined : Number(last);
  }

  /** Parts of these hours, both ends included, in the order in which they came; of these devices only, if any are given. */
  *parts(
    from: number,
    to: number,
    of?: { has(device: number): boolean },
  ): Iterable<FlushPart & { readonly hour: number }> {
    const sql = `SELECT hour, bytes FROM flush WHERE ${isCurrent} AND hour BETWEEN ? AND ? ORDER BY slot`;
    for (const row of this.#statements().all(sql, from, to)) {
      const hour = Number(row.hour);
      for (const { device, bytes } of partsOf(row.bytes as Uint8Array, of)) yield { device, hour, bytes };
    }
  }

  hours(): number[] {
    const rows = this.#statements().all(`SELECT DISTINCT hour FROM flush WHERE ${isCurrent} AND length(bytes) > 0`);
    return rows.map(({ hour }) => Number(hour));
  }

  /** Whether it is time to sort them in. */
  areMany(): boolean {
    const { slots, octets } = this.#known();
    return slots >= FLUSHES || octets >= OCTETS;
  }

  /** Moves all of them into segments, and what they say of boots and days to where that is kept. */
  sortIn(): void {
    const statements = this.#statements();
    const sql = `SELECT hour, boot, sequence, at, bytes FROM flush WHERE ${isCurrent} ORDER BY slot`;
    const rows = statements.all(sql) as unknown[];
    if (rows.length === 0) return;
    const lasts = new Map<string, FlushRow>();
    const segments = new Map<string, { device: number; hour: number; bytes: Uint8Array[] }>();
    for (const row of rows as FlushRow[]) {
      lasts.set(row.boot, row);
      for (const { device, bytes } of partsOf(row.bytes)) {
        const key = `${row.hour} ${device}`;
        const segment = segments.get(key);
        if (segment) segment.bytes.push(bytes);
        else segments.set(key, { device, hour: row.hour, bytes: [bytes] });
      }
    }
    const insert = 'INSERT INTO segment (device, hour, bytes) VALUES (?, ?, ?)';
    for (const { device, hour, bytes } of segments.values()) {
      statements.run(insert, device, hour, Buffer.concat(bytes));
    }
    for (const day of new Set(Array.from(segments.values(), ({ hour }) => dayOf(hour)))) {
      statements.run('INSERT OR IGNORE INTO day VALUES (?)', day);
    }
    for (const { boot, sequence, at } of lasts.values()) {
      statements.run('INSERT OR REPLACE INTO boot VALUES (?, ?, ?)', boot, sequence, at);
    }
    statements.run('UPDATE sorted SET turn = turn + 1');
    this.#current = undefined;
  }

  /** Sorts all of them in and leaves none to be written over. */
  clear(): void {
    this.sortIn();
    this.#statements().run('DELETE FROM flush');
  }

  #known() {
    if (!this.#current) {
      const sizes = 'count(*) AS slots, coalesce(sum(length(bytes)), 0) AS octets';
      const sql = `SELECT (SELECT turn FROM sorted) AS turn, ${sizes} FROM flush WHERE ${isCurrent}`;
      const { turn, slots, octets } = this.#statements().get(sql)!;
      this.#current = { turn: Number(turn), slots: Number(slots), octets: Number(octets) };
    }
    return this.#current;
  }
}

/** Others were sorted in. */
const isCurrent = 'turn = (SELECT turn FROM sorted)';

function* partsOf(bytes: Uint8Array, of?: { has(device: number): boolean }): Iterable<FlushPart> {
  const input = new ByteReader(bytes);
  while (!input.done) {
    const device = input.read();
    if (!of || of.has(device)) yield { device, bytes: input.readBytes() };
    else input.skipBytes();
  }
}
