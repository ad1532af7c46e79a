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
 * costs by the pages that it touches; with a row for each part, and one for the boot, these were twenty. After some
 * flushes all of them are sorted into each device's segments. Every method belongs into a transaction of its caller.
 */
export class Flushes {
  readonly #statements: () => Statements;
  /** Missing when somebody else may have changed them. */
  #size: { rows: number; octets: number } | undefined;

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
    const sql = 'INSERT INTO flush (hour, boot, sequence, at, bytes) VALUES (?, ?, ?, ?, ?)';
    this.#statements().run(sql, flush.hour, flush.boot, flush.sequence, flush.at, bytes);
    if (!this.#size) return;
    this.#size.rows++;
    this.#size.octets += bytes.length;
  }

  /** Nothing that was known before is relied on any more. */
  lookAnew(): void {
    this.#size = undefined;
  }

  /** The last sequence of a boot, when it is among these. */
  last(boot: string): number | undefined {
    const sequence = this.#statements().get('SELECT max(sequence) AS last FROM flush WHERE boot = ?', boot)?.last;
    return sequence === null ? undefined : Number(sequence);
  }

  /** Parts of these hours, both ends included, in the order in which they came. */
  *parts(from: number, to: number): Iterable<FlushPart & { readonly hour: number }> {
    const sql = 'SELECT hour, bytes FROM flush WHERE hour BETWEEN ? AND ? ORDER BY number';
    for (const row of this.#statements().all(sql, from, to)) {
      const hour = Number(row.hour);
      for (const part of partsOf(row.bytes as Uint8Array)) yield { ...part, hour };
    }
  }

  /** Whether it is time to sort them in. */
  areMany(): boolean {
    if (!this.#size) {
      const { rows, octets } = this.#statements().get(
        'SELECT count(*) AS rows, sum(length(bytes)) AS octets FROM flush',
      )!;
      this.#size = { rows: Number(rows), octets: Number(octets) };
    }
    return this.#size.rows >= FLUSHES || this.#size.octets >= OCTETS;
  }

  /** Moves all of them into segments, and what they say of boots and days to where that is kept. */
  sortIn(): void {
    const statements = this.#statements();
    const rows = statements.all('SELECT hour, boot, sequence, at, bytes FROM flush ORDER BY number') as unknown[];
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
    statements.run('DELETE FROM flush');
    this.#size = { rows: 0, octets: 0 };
  }
}

function* partsOf(bytes: Uint8Array): Iterable<FlushPart> {
  const input = new ByteReader(bytes);
  while (!input.done) yield { device: input.read(), bytes: input.readBytes() };
}
