import type { AppendResult, Learning, ShelfWrite } from '../packed/shelf.ts';
import type { Flushes, FlushPart } from './flushes.ts';
import type { Statements } from './statements.ts';

interface KnownDevice {
  readonly number: number;
  generation: string | null;
  /** Lines of its dictionary, once they were counted. */
  size?: number;
}

/**
 * Appends in a transaction of its caller's. It remembers devices and boots, because to look each of them up for every
 * flush took longer than to write it, and looks anew after any other program wrote to the file.
 */
export class Appender {
  readonly #statements: () => Statements;
  readonly #flushes: Flushes;
  readonly #devices = new Map<string, KnownDevice>();
  /** Last sequence by boot. */
  readonly #lasts = new Map<string, number>();
  #version: unknown;

  constructor(deps: { readonly statements: () => Statements; readonly flushes: Flushes }) {
    this.#statements = deps.statements;
    this.#flushes = deps.flushes;
  }

  append({ boot, sequence, previous, now, learnings, parts }: ShelfWrite): AppendResult {
    this.#noticeOthers();
    const last = this.#last(boot);
    if (last !== undefined && sequence <= last) return { kind: 'known' };
    if (previous !== undefined && (last ?? -1) < previous) return { kind: 'set-back', last };
    const stale = learnings.filter((learning) => this.#isStale(learning));
    if (stale.length > 0) return { kind: 'stale', devices: stale.map(({ device }) => device) };
    if (this.#flushes.areMany()) this.#flushes.sortIn();
    for (const learning of learnings) this.#learn(learning);
    const hours = new Map<number, FlushPart[]>();
    for (const { device, hour, bytes } of parts) {
      const part = { device: (this.#device(device) ?? this.#addDevice(device)).number, bytes };
      const others = hours.get(hour);
      if (others) others.push(part);
      else hours.set(hour, [part]);
    }
    for (const [hour, some] of hours) this.#flushes.add({ hour, boot, sequence, at: now }, some);
    if (hours.size === 0) this.#flushes.add({ hour: noHour, boot, sequence, at: now }, []);
    this.#lasts.set(boot, sequence);
    return { kind: 'added' };
  }

  /** After anything but appending was done to devices or boots, or a transaction was undone. */
  lookAnew(): void {
    this.#devices.clear();
    this.#lasts.clear();
    this.#flushes.lookAnew();
  }

  #noticeOthers(): void {
    // Changes with what other connections commit, never with what this one does.
    const version = this.#statements().get('PRAGMA data_version')?.data_version;
    if (version !== this.#version) this.lookAnew();
    this.#version = version;
  }

  #last(boot: string): number | undefined {
    let last = this.#lasts.get(boot);
    if (last !== undefined) return last;
    last = this.#flushes.last(boot);
    if (last !== undefined) return last;
    const row = this.#statements().get('SELECT sequence FROM boot WHERE boot = ?', boot);
    return row && Number(row.sequence);
  }

  #device(id: string): KnownDevice | undefined {
    const known = this.#devices.get(id);
    if (known) return known;
    const row = this.#statements().get('SELECT number, generation FROM device WHERE id = ?', id);
    if (row) this.#devices.set(id, row as unknown as KnownDevice);
    return row as KnownDevice | undefined;
  }

  #addDevice(id: string): KnownDevice {
    const number = Number(this.#statements().run('INSERT INTO device (id) VALUES (?)', id).lastInsertRowid);
    const device = { number, generation: null };
    this.#devices.set(id, device);
    return device;
  }

  #isStale({ device: id, generation, size, lines }: Learning): boolean {
    const device = this.#device(id);
    if (!device?.generation) return size > 0;
    if (device.generation !== generation) return true;
    return lines.length > 0 && this.#sizeOf(device) !== size;
  }

  #learn({ device: id, generation, lines }: Learning): void {
    const device = this.#device(id) ?? this.#addDevice(id);
    if (!device.generation) {
      this.#statements().run('UPDATE device SET generation = ? WHERE number = ?', generation, device.number);
      device.generation = generation;
    }
    if (lines.length === 0) return;
    let size = this.#sizeOf(device);
    for (const line of lines) {
      this.#statements().run('INSERT INTO entry VALUES (?, ?, ?)', device.number, ++size, line);
    }
    device.size = size;
  }

  #sizeOf(device: KnownDevice): number {
    if (device.size === undefined) {
      const sql = 'SELECT max(number) AS size FROM entry WHERE device = ?';
      device.size = Number(this.#statements().get(sql, device.number)?.size ?? 0);
    }
    return device.size;
  }
}

/** Of a flush that says nothing of any device. */
const noHour = -1;
