import { dayOf } from '../packed/hour.ts';
import type { AppendResult, Learning, Shelf, ShelfHour, ShelfWrite } from '../packed/shelf.ts';
import { explainSqlite } from './database.ts';
import type { Statements } from './statements.ts';

interface DeviceRow {
  readonly number: number;
  readonly generation: string | null;
}

export class SqliteShelf implements Shelf {
  readonly #statements: () => Statements;
  readonly #path: string;

  constructor(deps: { readonly statements: () => Statements; readonly path: string }) {
    this.#statements = deps.statements;
    this.#path = deps.path;
  }

  async append({ boot, sequence, previous, now, learnings, parts }: ShelfWrite): Promise<AppendResult> {
    return this.#atomically(() => {
      const last = this.#last(boot);
      if (last !== undefined && sequence <= last) return { kind: 'known' };
      if (previous !== undefined && (last ?? -1) < previous) return { kind: 'set-back', last };
      const rows = new Map(learnings.map(({ device }) => [device, this.#device(device)]));
      const stale = learnings.filter((learning) => this.#isStale(learning, rows.get(learning.device)));
      if (stale.length > 0) return { kind: 'stale', devices: stale.map(({ device }) => device) };
      const numbers = new Map<string, number>();
      for (const learning of learnings) numbers.set(learning.device, this.#learn(learning, rows.get(learning.device)));
      for (const { device, hour, bytes } of parts) {
        const number = numbers.get(device) ?? this.#device(device)?.number ?? this.#addDevice(device);
        this.#statements().run('INSERT INTO segment (device, hour, bytes) VALUES (?, ?, ?)', number, hour, bytes);
      }
      for (const day of new Set(parts.map(({ hour }) => dayOf(hour))))
        this.#statements().run('INSERT OR IGNORE INTO day VALUES (?)', day);
      this.#statements().run('INSERT OR REPLACE INTO boot VALUES (?, ?, ?)', boot, sequence, now);
      return { kind: 'added' };
    });
  }

  async devices(): Promise<string[]> {
    return this.#explained(() =>
      this.#statements()
        .all('SELECT id FROM device')
        .map((row) => String(row.id)),
    );
  }

  async days(from: number, to: number): Promise<number[]> {
    const rows = this.#explained(() =>
      this.#statements().all('SELECT day FROM day WHERE day BETWEEN ? AND ? ORDER BY day DESC', from, to),
    );
    return rows.map((row) => Number(row.day));
  }

  async hours(
    devices: readonly string[],
    from: number,
    to: number,
    part: 'attempts' | 'rollups',
  ): Promise<ShelfHour[]> {
    return this.#explained(() => {
      const names = new Map<number, string>();
      for (const device of devices) {
        const row = this.#device(device);
        if (row) names.set(row.number, device);
      }
      const column = part === 'attempts' ? 'chunk' : 'rollUp';
      const hours = new Map<string, { -readonly [K in keyof ShelfHour]: ShelfHour[K] }>();
      for (const { device, hour, bytes } of this.#kept(part === 'attempts' ? 'chunk' : 'rollup', names, from, to)) {
        hours.set(`${hour} ${device}`, { device: names.get(device)!, hour, [column]: bytes });
      }
      for (const { device, hour, bytes } of this.#segments(from, to)) {
        if (!names.has(device)) continue;
        const key = `${hour} ${device}`;
        const known = hours.get(key) ?? { device: names.get(device)!, hour };
        known.open = bytes;
        hours.set(key, known);
      }
      return [...hours.values()];
    });
  }

  async openHours(): Promise<{ device: string; hour: number }[]> {
    const sql = 'SELECT DISTINCT id, hour FROM segment JOIN device ON device.number = segment.device';
    const rows = this.#explained(() => this.#statements().all(sql));
    return rows.map((row) => ({ device: String(row.id), hour: Number(row.hour) }));
  }

  async hour(device: string, hour: number): Promise<ShelfHour> {
    return this.#explained(() => this.#hour(device, hour));
  }

  async compact(was: ShelfHour, chunk: Uint8Array, rollUp: Uint8Array, erase: boolean): Promise<boolean> {
    const replace = () => {
      const device = this.#device(was.device);
      const is = this.#hour(was.device, was.hour);
      const [open, isOpen] = [was.open ?? nothing, is.open ?? nothing];
      // Every open segment changes the roll-up, so that an equal one means that nobody compacted since.
      if (!device || !isSame(is.rollUp, was.rollUp) || !isSame(isOpen.subarray(0, open.length), open)) return false;
      let left = open.length;
      const sql = 'SELECT number, length(bytes) AS size FROM segment WHERE hour = ? AND device = ? ORDER BY number';
      for (const row of this.#statements().all(sql, was.hour, device.number)) {
        if (left <= 0) break;
        this.#statements().run('DELETE FROM segment WHERE number = ?', Number(row.number));
        left -= Number(row.size);
      }
      this.#statements().run('INSERT OR REPLACE INTO chunk VALUES (?, ?, ?)', was.hour, device.number, chunk);
      this.#statements().run('INSERT OR REPLACE INTO rollup VALUES (?, ?, ?)', was.hour, device.number, rollUp);
      return true;
    };
    return erase ? this.#atomicallyErasing(replace) : this.#atomically(replace);
  }

  async dictionary(device: string, from: number): Promise<{ generation: string; lines: string[] } | undefined> {
    return this.#explained(() => {
      const row = this.#device(device);
      if (!row?.generation) return undefined;
      const sql = 'SELECT line FROM entry WHERE device = ? AND number >= ? ORDER BY number';
      return {
        generation: row.generation,
        lines: this.#statements()
          .all(sql, row.number, from)
          .map((each) => String(each.line)),
      };
    });
  }

  async rewrite(device: string, was: string, generation: string, lines: readonly [number, string][]): Promise<boolean> {
    return this.#atomicallyErasing(() => {
      const row = this.#device(device);
      if (row?.generation !== was) return false;
      for (const [number, line] of lines) {
        this.#statements().run('UPDATE entry SET line = ? WHERE device = ? AND number = ?', line, row.number, number);
      }
      this.#statements().run('UPDATE device SET generation = ? WHERE number = ?', generation, row.number);
      return true;
    });
  }

  async forget(device: string): Promise<void> {
    this.#atomicallyErasing(() => {
      const row = this.#device(device);
      if (row) this.#forget(row.number);
    });
  }

  async prune(before: { attempts: number; rollUps: number; boots: number }): Promise<void> {
    this.#atomicallyErasing(() => {
      this.#statements().run('DELETE FROM chunk WHERE hour < ?', before.attempts);
      this.#statements().run('DELETE FROM segment WHERE hour < ?', before.attempts);
      this.#statements().run('DELETE FROM rollup WHERE hour < ?', before.rollUps);
      this.#statements().run('DELETE FROM boot WHERE at < ?', before.boots);
      this.#statements().run('DELETE FROM day WHERE day < ?', dayOf(Math.min(before.attempts, before.rollUps)));
      const unused = this.#statements().all(
        'SELECT number FROM device WHERE number NOT IN (SELECT device FROM segment UNION SELECT device FROM rollup UNION SELECT device FROM chunk)',
      );
      for (const row of unused) this.#forget(Number(row.number));
    });
  }

  #forget(device: number): void {
    for (const table of ['entry', 'segment', 'chunk', 'rollup'])
      this.#statements().run(`DELETE FROM ${table} WHERE device = ?`, device);
    this.#statements().run('DELETE FROM device WHERE number = ?', device);
  }

  #last(boot: string): number | undefined {
    const row = this.#statements().get('SELECT sequence FROM boot WHERE boot = ?', boot);
    return row && Number(row.sequence);
  }

  #device(id: string): DeviceRow | undefined {
    return this.#statements().get('SELECT number, generation FROM device WHERE id = ?', id) as DeviceRow | undefined;
  }

  #addDevice(id: string): number {
    return Number(this.#statements().run('INSERT INTO device (id) VALUES (?)', id).lastInsertRowid);
  }

  #isStale({ generation, size, lines }: Learning, row: DeviceRow | undefined): boolean {
    if (!row?.generation) return size > 0;
    if (row.generation !== generation) return true;
    return lines.length > 0 && this.#dictionarySize(row.number) !== size;
  }

  /** @returns the device's number */
  #learn({ device, generation, lines, size }: Learning, row: DeviceRow | undefined): number {
    const number = row?.number ?? this.#addDevice(device);
    if (!row?.generation)
      this.#statements().run('UPDATE device SET generation = ? WHERE number = ?', generation, number);
    for (const [i, line] of lines.entries())
      this.#statements().run('INSERT INTO entry VALUES (?, ?, ?)', number, size + 1 + i, line);
    return number;
  }

  #dictionarySize(device: number): number {
    return Number(this.#statements().get('SELECT max(number) AS size FROM entry WHERE device = ?', device)?.size ?? 0);
  }

  #hour(device: string, hour: number): ShelfHour {
    const number = this.#device(device)?.number;
    if (number === undefined) return { device, hour };
    const chunk = this.#statements().get('SELECT bytes FROM chunk WHERE hour = ? AND device = ?', hour, number);
    const rollUp = this.#statements().get('SELECT bytes FROM rollup WHERE hour = ? AND device = ?', hour, number);
    const sql = 'SELECT bytes FROM segment WHERE hour = ? AND device = ? ORDER BY number';
    const open = this.#statements().all(sql, hour, number);
    return {
      device,
      hour,
      chunk: chunk?.bytes as Uint8Array,
      rollUp: rollUp?.bytes as Uint8Array,
      ...(open.length > 0 && { open: Buffer.concat(open.map(({ bytes }) => bytes as Uint8Array)) }),
    };
  }

  *#kept(table: 'chunk' | 'rollup', devices: ReadonlyMap<number, string>, from: number, to: number) {
    // The key begins with the hour, so a few devices in a long span are looked up one by one.
    const some = devices.size * (to - from + 1) <= 240 ? [...devices.keys()] : undefined;
    if (!some) {
      const sql = `SELECT hour, device, bytes FROM ${table} WHERE hour BETWEEN ? AND ?`;
      for (const row of this.#statements().all(sql, from, to)) if (devices.has(Number(row.device))) yield asPart(row);
      return;
    }
    for (let hour = to; hour >= from; hour--) {
      for (const device of some) {
        const row = this.#statements().get(
          `SELECT hour, device, bytes FROM ${table} WHERE hour = ? AND device = ?`,
          hour,
          device,
        );
        if (row) yield asPart(row);
      }
    }
  }

  /** Open bytes of every hour and device, joined. There are few segments: compaction sees to that. */
  #segments(from: number, to: number) {
    const sql = 'SELECT hour, device, bytes FROM segment WHERE hour BETWEEN ? AND ? ORDER BY number';
    const parts = Map.groupBy(
      this.#statements().all(sql, from, to).map(asPart),
      ({ hour, device }) => `${hour} ${device}`,
    );
    return Array.from(parts.values(), (some) => ({ ...some[0], bytes: Buffer.concat(some.map(({ bytes }) => bytes)) }));
  }

  #explained<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw explainSqlite(error, this.#path);
    }
  }

  #atomically<Result>(work: () => Result): Result {
    return this.#explained(() => this.#statements().atomically(work));
  }

  /** What is deleted is overwritten too, in the file and in the log beside it. */
  #atomicallyErasing<Result>(work: () => Result): Result {
    return this.#explained(() => {
      const statements = this.#statements();
      statements.execute('PRAGMA secure_delete = ON');
      try {
        return statements.atomically(work);
      } finally {
        statements.execute('PRAGMA secure_delete = FAST; PRAGMA wal_checkpoint(TRUNCATE)');
      }
    });
  }
}

const asPart = (row: Record<string, unknown>) => ({
  hour: Number(row.hour),
  device: Number(row.device),
  bytes: row.bytes as Uint8Array,
});

const nothing = new Uint8Array();

const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && Buffer.compare(a, b) === 0);
