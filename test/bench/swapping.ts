import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, isBlocked } from './ask.ts';
import type { ChangingList } from './changing-list.ts';
import { quellApi } from './quell-api.ts';
import type { Bench } from './running.ts';

export interface SwappingDeps {
  readonly bench: Bench;
  readonly list: ChangingList;
  /** Of `changingText`. */
  readonly text: Buffer;
}

/** Octets behind the list for the name that changes. */
const ROOM = 64;

/** A list with room behind it. To copy 19 MB for each swap would hold up load and stub, which are on the same core. */
export const changingText = (names: Uint8Array): Buffer => Buffer.concat([names, Buffer.alloc(ROOM, '\n')]);

/** Microseconds after which a list that is not in force is given up. */
const LONGEST = 60e6;

/** One change of the list; microseconds since the epoch. */
export interface Swap {
  readonly published: number;
  /** When a name that only the new list has was blocked. */
  readonly inForce: number;
}

/** Changes a Quell's list until it is stopped, each time until questions are decided by the new one. */
export class Swapping {
  readonly swaps: Swap[] = [];
  private readonly deps: SwappingDeps;
  private readonly over = new AbortController();
  private running: Promise<void> | undefined;

  constructor(deps: SwappingDeps) {
    this.deps = deps;
  }

  /** @param run told apart in the names that are added */
  start(run: string): void {
    this.running = this.change(run);
    // Told by `stop`.
    this.running.catch(() => {});
  }

  /** Resolves when the change that is under way is through. @throws what went wrong with one */
  async stop(): Promise<void> {
    this.over.abort();
    await this.running;
  }

  private async change(run: string): Promise<void> {
    const { list, text } = this.deps;
    const { folder, server } = this.deps.bench;
    const data = join(folder, 'data');
    const { lists } = await quellApi<{ lists: { id: string; url: string }[] }>(data, 'GET', '/lists');
    const { id, url } = lists[0];
    for (let number = 1; !this.over.signal.aborted; number++) {
      const fresh = `swap-${run}-${number}.q-bench.test`;
      text.write(fresh.padEnd(ROOM, '\n'), text.length - ROOM);
      list.publish(text);
      const published = microseconds();
      if (number === 1 && url !== list.address) await quellApi(data, 'PATCH', `/lists/${id}`, { url: list.address });
      await quellApi(data, 'POST', `/lists/${id}/refresh`);
      while (!isBlocked(await ask(server.port, fresh))) {
        if (microseconds() - published > LONGEST) throw new Error(`${fresh} is not blocked: ${lastOf(folder)}`);
        await sleep(5);
      }
      this.swaps.push({ published, inForce: microseconds() });
    }
  }
}

const microseconds = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

const lastOf = (folder: string): string => readFileSync(join(folder, 'output.log'), 'utf8').trim().split('\n').at(-1)!;
