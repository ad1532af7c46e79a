import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { replaceFile } from '../../between/last-state.ts';
import { blockModes } from '../../policy/model.ts';
import { LONGEST } from './candidates.ts';

const kept = z.object({
  device: z.string(),
  domain: z.string(),
  mode: z.enum(blockModes),
  ttl: z.number().int().min(1).max(LONGEST),
  /** Tries per hour before and after. */
  before: z.number(),
  after: z.number(),
  /** Wall-clock milliseconds. */
  since: z.number(),
});

/** A way of answering that was found to quiet a name on a device. */
export type KeptAnswer = z.infer<typeof kept>;

/** What was found is kept on disk; lost, it is found again. */
export class KeptAnswers {
  private readonly file: string;
  private writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.file = file;
  }

  async read(): Promise<KeptAnswer[]> {
    try {
      return z.array(kept).parse(JSON.parse(await readFile(this.file, 'utf8')));
    } catch {
      return [];
    }
  }

  write(answers: readonly KeptAnswer[]): Promise<void> {
    const text = JSON.stringify(answers);
    // A full disk costs what was learnt, after a restart.
    this.writing = this.writing.then(() => replaceFile(this.file, text)).catch(() => {});
    return this.writing;
  }
}
