import { createHash } from 'node:crypto';
import type { Client } from './connection.ts';
import type { Keys } from './keys.ts';
import { type ScriptName, scripts } from './scripts.ts';
import { explainRedis } from './trouble.ts';

const hashes = Object.fromEntries(
  Object.entries(scripts).map(([name, lua]) => [name, createHash('sha1').update(lua).digest('hex')]),
);

/** One household's keys on a connection; every failure becomes a sentence. */
export class Household {
  readonly client: Client;
  readonly keys: Keys;
  readonly where: string;

  /** Whether a replica may take the master's place, without what it had not heard of. */
  readonly #failsOver: boolean;

  constructor(deps: {
    readonly client: Client;
    readonly keys: Keys;
    readonly where: string;
    readonly failsOver: boolean;
  }) {
    this.#failsOver = deps.failsOver;
    this.client = deps.client;
    this.keys = deps.keys;
    this.where = deps.where;
  }

  async ask<Reply>(command: (client: Client, keys: Keys) => Promise<Reply>): Promise<Reply> {
    try {
      return await command(this.client, this.keys);
    } catch (error) {
      throw explainRedis(error, this.where);
    }
  }

  /** Waits until a replica has what was written, but not for long: there may be none just now. */
  async copied(): Promise<void> {
    if (this.#failsOver) await this.client.call('wait', 1, 500).catch(() => {});
  }

  /**
   * Replies of reading commands that see one state of the store. A script and no MULTI, which a Redis whose memory is
   * full refuses.
   */
  async read(commands: readonly (readonly (string | number)[])[]): Promise<unknown[]> {
    return (await this.run('read', ...commands.flatMap((command) => [command.length, ...command]))) as unknown[];
  }

  /** Runs a script on the household's slot; its text is sent only to a server that does not know it yet. Texts come as buffers. */
  async run(name: ScriptName, ...values: (string | number | Buffer)[]): Promise<unknown> {
    const args = [1, this.keys.of('boots'), this.keys.prefix, ...values];
    return this.ask(async (client) => {
      try {
        return await client.callBuffer('evalsha', hashes[name], ...args);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return client.callBuffer('eval', scripts[name], ...args);
      }
    });
  }
}
