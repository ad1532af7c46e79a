import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { StoredDocument } from '../store/store.ts';

export interface Mirrored {
  readonly version: number;
  readonly documents: StoredDocument[];
}

/** Changes come in bursts, and SD cards wear: the file follows this long after. */
const DELAY = 2000;

/** A copy of the documents on disk, for a start without the store. Never the truth, so never waited for. */
export class Mirror {
  private readonly file: string;
  private readonly log: Pick<Logger, 'warn'>;
  private timer: NodeJS.Timeout | undefined;
  private pending: (() => Mirrored) | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(deps: { file: string; log: Pick<Logger, 'warn'> }) {
    this.file = deps.file;
    this.log = deps.log;
  }

  async read(): Promise<Mirrored | undefined> {
    try {
      return JSON.parse(await readFile(this.file, 'utf8')) as Mirrored;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.log.warn({ error }, 'The copy of the settings on disk is unreadable and left aside');
      }
      return undefined;
    }
  }

  /** `take` is called when the file is written, not before. */
  save(take: () => Mirrored): void {
    this.pending = take;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.flush();
    }, DELAY).unref();
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.flush();
    await this.writing;
  }

  private flush(): void {
    const take = this.pending;
    this.pending = undefined;
    if (take) this.writing = this.writing.then(() => this.write(take()));
  }

  private async write(mirrored: Mirrored): Promise<void> {
    try {
      // Password and token hashes are inside.
      await writeFile(`${this.file}.new`, JSON.stringify(mirrored), { mode: 0o600 });
      await rename(`${this.file}.new`, this.file);
    } catch (error) {
      this.log.warn(
        { error },
        'The copy of the settings on disk could not be written; free some space in the data directory',
      );
    }
  }
}
