import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Flush, frameOf, readFrames } from './frames.ts';
import { Turns } from './turns.ts';

export interface JournalStats {
  readonly bytes: number;
  readonly files: number;
  /** Attempts that were dropped because the journal had reached its limit. */
  readonly lost: number;
  /** Files that ended in a torn or damaged frame; what was before it was read. */
  readonly damaged: number;
}

interface File {
  readonly path: string;
  bytes: number;
}

/**
 * Flushes that wait on disk for the store, oldest first. Files are only ever appended to, and deleted once all in them
 * is in the store; which of them is there already need not be written down, because the store knows a batch again.
 */
export class Journal {
  readonly #folder: string;
  readonly #limit: number;
  readonly #fileSize: number;
  readonly #turns = new Turns();
  #files: File[] = [];
  #nextNumber = 1;
  /** The newest file while it is written to. A file that was read is never written to again. */
  #tail: FileHandle | undefined;
  /** What is left of the oldest file. */
  #head: Flush[] | undefined;
  #lost = 0;
  #damaged = 0;

  /** `limit` and `fileSize` in bytes. */
  constructor(deps: { readonly folder: string; readonly limit: number; readonly fileSize?: number }) {
    this.#folder = deps.folder;
    this.#limit = deps.limit;
    this.#fileSize = deps.fileSize ?? Math.min(1_000_000, deps.limit / 8);
  }

  start(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const numbers = readdirSync(this.#folder).map((name) => Number(/^(\d+)\.flushes$/.exec(name)?.[1] ?? 0));
    for (const number of numbers.filter((each) => each > 0).sort((a, b) => a - b)) {
      const path = this.#path(number);
      this.#files.push({ path, bytes: statSync(path).size });
      this.#nextNumber = number + 1;
    }
  }

  stop(): Promise<void> {
    return this.#turns.take(() => this.#closeTail());
  }

  stats(): JournalStats {
    return { bytes: this.#bytes(), files: this.#files.length, lost: this.#lost, damaged: this.#damaged };
  }

  get isEmpty(): boolean {
    return this.#files.length === 0;
  }

  /** Durable when it resolves; when the disk refuses, nothing was added. */
  add(flushes: readonly Flush[]): Promise<void> {
    return this.#turns.take(async () => {
      const frames = Buffer.concat(flushes.map(frameOf));
      await this.#makeRoom(frames.length);
      if (!this.#tail || this.#files.at(-1)!.bytes >= this.#fileSize) await this.#openTail();
      const file = this.#files.at(-1)!;
      try {
        const { bytesWritten } = await this.#tail!.write(frames, 0, frames.length, file.bytes);
        // A disk that is nearly full takes a part and calls it success.
        if (bytesWritten < frames.length) throw new Error('the disk is full');
        await this.#tail!.datasync();
        file.bytes += frames.length;
      } catch (error) {
        await this.#abandonTail(file);
        throw error;
      }
    });
  }

  /** The oldest flush. */
  first(): Promise<Flush | undefined> {
    return this.#turns.take(async () => {
      while (this.#files.length > 0) {
        this.#head ??= await this.#read(this.#files[0]);
        if (this.#head.length > 0) return this.#head[0];
        await this.#dropOldest();
      }
      return undefined;
    });
  }

  /** The oldest flush is in the store. */
  removeFirst(flush: Flush): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#head?.[0] !== flush) return;
      this.#head.shift();
      if (this.#head.length === 0) await this.#dropOldest();
    });
  }

  /** Changes every flush that waits, to forget a device or what is too old; files in which none changes are left alone. */
  rewrite(change: (flush: Flush) => Flush): Promise<void> {
    return this.#turns.take(async () => {
      await this.#closeTail();
      this.#head = undefined;
      for (const file of this.#files) {
        const flushes = await this.#read(file);
        const changed = flushes.map(change);
        if (changed.every((flush, i) => flush === flushes[i])) continue;
        const frames = Buffer.concat(changed.map(frameOf));
        await writeFile(`${file.path}.new`, frames, { flush: true });
        await rename(`${file.path}.new`, file.path);
        file.bytes = frames.length;
      }
    });
  }

  async #read(file: File): Promise<Flush[]> {
    if (file === this.#files.at(-1)) await this.#closeTail();
    const { flushes, whole } = readFrames(await readFile(file.path));
    if (!whole) this.#damaged++;
    return flushes;
  }

  async #makeRoom(bytes: number): Promise<void> {
    while (this.#files.length > 0 && this.#bytes() + bytes > this.#limit) {
      const oldest = this.#head ?? (await this.#read(this.#files[0]));
      this.#lost += oldest.reduce((sum, { batch }) => sum + batch.length, 0);
      await this.#dropOldest();
    }
  }

  async #dropOldest(): Promise<void> {
    if (this.#files.length === 1) await this.#closeTail();
    await rm(this.#files[0].path, { force: true });
    this.#files.shift();
    this.#head = undefined;
  }

  async #openTail(): Promise<void> {
    await this.#closeTail();
    const path = this.#path(this.#nextNumber++);
    this.#tail = await open(path, 'wx', 0o600);
    this.#files.push({ path, bytes: 0 });
  }

  async #closeTail(): Promise<void> {
    const tail = this.#tail;
    this.#tail = undefined;
    await tail?.close();
  }

  /** What a full disk has left of a frame must not stand before later ones. */
  async #abandonTail(file: File): Promise<void> {
    await this.#tail?.truncate(file.bytes).catch(() => {});
    await this.#closeTail().catch(() => {});
    if (file.bytes > 0) return;
    await rm(file.path, { force: true }).catch(() => {});
    this.#files.pop();
  }

  #bytes(): number {
    return this.#files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #path(number: number): string {
    return join(this.#folder, `${String(number).padStart(10, '0')}.flushes`);
  }
}
