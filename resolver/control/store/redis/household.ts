import { createHash } from 'node:crypto';
import type { ChainableCommander } from 'ioredis';
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

  constructor(deps: { readonly client: Client; readonly keys: Keys; readonly where: string }) {
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

  /** Replies of commands that see one state of the store. */
  async atOnce<Reply>(commands: (transaction: ChainableCommander, keys: Keys) => void): Promise<Reply[]> {
    return this.ask(async (client) => {
      const transaction = client.multi();
      commands(transaction, this.keys);
      const replies = await transaction.exec();
      if (!replies) throw new Error('the transaction was not carried out');
      return replies.map(([error, reply]) => {
        if (error) throw error;
        return reply as Reply;
      });
    });
  }

  /** Runs a script on the household's slot; its text is sent only to a server that does not know it yet. */
  async run(name: ScriptName, ...values: (string | number | Buffer)[]): Promise<unknown> {
    const slot = this.keys.of('boots');
    return this.ask(async (client) => {
      try {
        return await client.evalsha(hashes[name], 1, slot, this.keys.prefix, ...values);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return client.eval(scripts[name], 1, slot, this.keys.prefix, ...values);
      }
    });
  }
}
