import { join } from 'node:path';
import { type KeptVersion, type ListState, readState, writeState } from './list-state.ts';
import { keptName, removeStrays } from './version-shelf.ts';

/** Where one list's state and the texts of its versions are. */
export class ListFolder {
  readonly path: string;
  /** One after the other: what one is still writing would look like a stray to the other. */
  private writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  pathOf(version: string): string {
    return join(this.path, keptName(version));
  }

  read(url: string): ListState {
    return readState(this.path, url);
  }

  /** @param state asked for when its turn comes; @throws when the disk is full or failing */
  write(state: () => ListState): Promise<void> {
    return this.inTurn(() => writeState(this.path, state()));
  }

  /** Removes what does not belong to the versions. Never rejects. @param versions nothing when there may be newer ones */
  tidy(versions: () => readonly KeptVersion[] | undefined): Promise<void> {
    return this.inTurn(async () => {
      const kept = versions();
      if (kept !== undefined) await removeStrays(this.path, kept).catch(() => {});
    });
  }

  /** Resolves when nothing is written or removed by what was called so far. */
  async still(): Promise<void> {
    await this.writing;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.writing.then(work);
    this.writing = done.catch(() => {});
    return done;
  }
}
