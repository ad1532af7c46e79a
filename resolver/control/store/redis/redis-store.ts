import type { WallMs } from '../../../policy/model.ts';
import { PackedRecord } from '../packed/packed-record.ts';
import type { Store } from '../store.ts';
import { type Client, connect } from './connection.ts';
import { RedisDocuments } from './documents.ts';
import { Household } from './household.ts';
import { Keys } from './keys.ts';
import { RedisShelf } from './shelf.ts';
import { explainRedis } from './trouble.ts';

/** Documents and record on a Redis that several resolvers may share. */
export class RedisStore implements Store {
  readonly kind = 'redis';
  readonly documents: RedisDocuments;
  readonly record: PackedRecord;
  readonly #client: Client;
  /** A connection that subscribes can do nothing else. */
  readonly #subscriber: Client;
  readonly #household: Household;

  constructor(deps: { readonly url: string; readonly home: string; readonly now: () => WallMs }) {
    const { client, where, failsOver } = connect(deps.url);
    this.#client = client;
    this.#subscriber = connect(deps.url).client;
    this.#household = new Household({ client, keys: new Keys(deps.home), where, failsOver });
    this.documents = new RedisDocuments({ household: this.#household, subscriber: this.#subscriber });
    this.record = new PackedRecord({ shelf: new RedisShelf({ household: this.#household }), now: deps.now });
  }

  async start(): Promise<void> {
    let last: Error | undefined;
    // Every reason is told to whoever asks; without a listener ioredis would print it.
    for (const client of [this.#client, this.#subscriber]) client.on('error', (error: Error) => (last = error));
    try {
      await Promise.all([this.#client.connect(), this.#subscriber.connect()]);
      await this.documents.start();
    } catch (error) {
      this.#disconnect();
      throw explainRedis(last ?? error, this.#household.where);
    }
  }

  async stop(): Promise<void> {
    await this.record.settled();
    this.documents.stop();
    this.#disconnect();
  }

  async check(): Promise<string[]> {
    const persistence = await this.#household.ask((client) => client.info('persistence'));
    if (/^aof_enabled:1/m.test(persistence)) return [];
    return [`${this.#household.where} keeps its data in memory only between snapshots; set "appendonly yes" there.`];
  }

  #disconnect(): void {
    this.#client.disconnect();
    this.#subscriber.disconnect();
  }
}
