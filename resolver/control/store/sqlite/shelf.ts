import { dayOf } from '../packed/hour.ts';
import type { AppendResult, Shelf, ShelfHour, ShelfWrite } from '../packed/shelf.ts';
import { Appender } from './appender.ts';
import { explainSqlite } from './database.ts';
import { Flushes } from './flushes.ts';
import type { Statements } from './statements.ts';

interface DeviceRow {
  readonly number: number;
  readonly generation: string | null;
}

export class SqliteShelf implements Shelf {
  readonly #statements: () => Statements;
  readonly #path: string;
  readonly #flushes: Flushes;
  readonly #appender: Appender;

  constructor(deps: { readonly statements: () => Statements; readonly path: string }) {
    this.#statements = deps.statements;
    this.#path = deps.path;
    this.#flushes = new Flushes(deps);
    this.#appender = new Appender({ statements: deps.statements, flushes: this.#flushes });
  }

  async append(write: ShelfWrite): Promise<AppendResult> {
    return this.#atomically(() => this.#appender.append(write));
  }

  async devices(): Promise<string[]> {
    return this.#explained(() =>
      this.#statements()
        .all('SELECT id FROM device')
        .map((row) => String(row.id)),
    );
  }

  async days(from: number, to: number): Promise<number[]> {
    const sql = 'SELECT day FROM day WHERE day BETWEEN ? AND ?';
    return this.#atOnce(() => {
      const sorted = this.#statements().all(sql, from, to);
      const open = this.#flushes.hours().map(dayOf);
      const days = new Set([
        ...sorted.map((row) => Number(row.day)),
        ...open.filter((day) => day >= from && day <= to),
      ]);
      return [...days].sort((a, b) => b - a);
    });
  }

  async hours(
    devices: readonly string[],
    from: number,
    to: number,
    part: 'attempts' | 'rollups',
  ): Promise<ShelfHour[]> {
    return this.#atOnce(() => {
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
      for (const { device, hour, bytes } of this.#open(names, from, to)) {
        const key = `${hour} ${device}`;
        const known = hours.get(key) ?? { device: names.get(device)!, hour };
        known.open = bytes;
        hours.set(key, known);
      }
      return [...hours.values()];
    });
  }

  async openHours(): Promise<{ device: string; hour: number }[]> {
    return this.#atOnce(() => {
      const open = new Map<string, { number: number; hour: number }>();
      const add = (number: number, hour: number) => open.set(`${hour} ${number}`, { number, hour });
      const segments = this.#statements().all('SELECT DISTINCT device, hour FROM segment');
      for (const { device, hour } of segments) add(Number(device), Number(hour));
      for (const { device, hour } of this.#flushes.parts(0, Number.MAX_SAFE_INTEGER)) add(device, hour);
      const ids = this.#statements().all('SELECT number, id FROM device');
      const idOf = new Map(ids.map(({ number, id }) => [Number(number), String(id)]));
      return [...open.values()].flatMap(({ number, hour }) => {
        const device = idOf.get(number);
        return device === undefined ? [] : [{ device, hour }];
      });
    });
  }

  async hour(device: string, hour: number): Promise<ShelfHour> {
    return this.#atOnce(() => this.#hour(device, hour));
  }

  async compact(was: ShelfHour, chunk: Uint8Array, rollUp: Uint8Array, erase: boolean): Promise<boolean> {
    const replace = () => {
      this.#flushes.sortIn();
      const device = this.#device(was.device);
      const is = this.#hour(was.device, was.hour);
      const [open, isOpen] = [was.open ?? nothing, is.open ?? nothing];
      // Every open segment changes the roll-up, so that an equal one means that nobody compacted since.
      if (!device || !isSame(is.rollUp, was.rollUp) || !isSame(isOpen.subarray(0, open.length), open)) return false;
      this.#statements().run('DELETE FROM segment WHERE hour = ? AND device = ?', was.hour, device.number);
      const left = isOpen.subarray(open.length);
      if (left.length > 0) {
        const sql = 'INSERT INTO segment (device, hour, bytes) VALUES (?, ?, ?)';
        this.#statements().run(sql, device.number, was.hour, left);
      }
      this.#statements().run('INSERT OR REPLACE INTO chunk VALUES (?, ?, ?)', was.hour, device.number, chunk);
      this.#statements().run('INSERT OR REPLACE INTO rollup VALUES (?, ?, ?)', was.hour, device.number, rollUp);
      return true;
    };
    return erase ? this.#atomicallyErasing(replace) : this.#atomically(replace);
  }

  async dictionary(device: string, from: number): Promise<{ generation: string; lines: string[] } | undefined> {
    return this.#atOnce(() => {
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
      this.#appender.lookAnew();
      return true;
    });
  }

  async forget(device: string): Promise<void> {
    this.#atomicallyErasing(() => {
      this.#appender.lookAnew();
      const row = this.#device(device);
      if (row) this.#forget(row.number);
    });
  }

  async prune(before: { attempts: number; rollUps: number; boots: number }): Promise<void> {
    this.#atomicallyErasing(() => {
      this.#appender.lookAnew();
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

  #device(id: string): DeviceRow | undefined {
    return this.#statements().get('SELECT number, generation FROM device WHERE id = ?', id) as DeviceRow | undefined;
  }

  #hour(device: string, hour: number): ShelfHour {
    const number = this.#device(device)?.number;
    if (number === undefined) return { device, hour };
    const chunk = this.#statements().get('SELECT bytes FROM chunk WHERE hour = ? AND device = ?', hour, number);
    const rollUp = this.#statements().get('SELECT bytes FROM rollup WHERE hour = ? AND device = ?', hour, number);
    const [open] = this.#open(new Map([[number, device]]), hour, hour);
    return {
      device,
      hour,
      chunk: chunk?.bytes as Uint8Array,
      rollUp: rollUp?.bytes as Uint8Array,
      ...(open && { open: open.bytes }),
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

  /** Open bytes of these devices' hours, joined. There is little of it: compaction sees to that. */
  #open(devices: ReadonlyMap<number, string>, from: number, to: number) {
    // An hour of one device, or whole spans: the index knows both.
    const [one] = devices.size === 1 ? devices.keys() : [];
    const sql = `SELECT hour, device, bytes FROM segment WHERE hour BETWEEN ? AND ? ${one === undefined ? '' : 'AND device = ?'} ORDER BY number`;
    const segments = this.#statements().all(sql, from, to, ...(one === undefined ? [] : [one]));
    const open = new Map<string, { device: number; hour: number; all: Uint8Array[] }>();
    for (const { device, hour, bytes } of [...segments.map(asPart), ...this.#flushes.parts(from, to, devices)]) {
      if (!devices.has(device)) continue;
      const key = `${hour} ${device}`;
      const others = open.get(key);
      if (others) others.all.push(bytes);
      else open.set(key, { device, hour, all: [bytes] });
    }
    return Array.from(open.values(), ({ all, ...part }) => ({ ...part, bytes: Buffer.concat(all) }));
  }

  #explained<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      // What was done is undone, and so is what is known of it.
      this.#appender.lookAnew();
      throw explainSqlite(error, this.#path);
    }
  }

  #atOnce<Result>(work: () => Result): Result {
    return this.#explained(() => this.#statements().atOnce(work));
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
        return statements.atomically(() => {
          this.#flushes.clear();
          return work();
        });
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
