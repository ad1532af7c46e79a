import type { WallMs } from '../../../policy/model.ts';
import { PackedRecord } from '../packed/packed-record.ts';
import { type Store, StoreAway } from '../store.ts';
import { type Client, connect, connected } from './connection.ts';
import { RedisDocuments } from './documents.ts';
import { Household } from './household.ts';
import { Keys } from './keys.ts';
import { RedisNodes } from './nodes.ts';
import { RedisShelf } from './shelf.ts';
import { RedisTexts } from './texts.ts';
import { explainRedis, noAnswer } from './trouble.ts';

/** How long a start waits for an answer, in milliseconds; the tries go on behind it. */
const patience = 1500;

/** Documents and record on a Redis that several resolvers may share. */
export class RedisStore implements Store {
  readonly kind = 'redis';
  readonly documents: RedisDocuments;
  readonly record: PackedRecord;
  readonly nodes: RedisNodes;
  readonly texts: RedisTexts;
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
    this.texts = new RedisTexts({ household: this.#household });
    this.nodes = new RedisNodes({ household: this.#household, subscriber: this.#subscriber });
    this.record = new PackedRecord({ shelf: new RedisShelf({ household: this.#household }), now: deps.now });
  }

  /** A Redis that is away is tried again until `stop`, and is there for all that ask as soon as it answers. */
  async start(): Promise<void> {
    let last: Error | undefined;
    // Every reason is told to whoever asks; without a listener ioredis would print it.
    const hear = (error: Error) => (last = error);
    const clients = [this.#client, this.#subscriber];
    for (const client of clients) client.on('error', hear);
    this.documents.start();
    this.nodes.start();
    const silence = Promise.withResolvers<never>();
    const timer = setTimeout(() => silence.reject(new StoreAway(`${this.#household.where} ${noAnswer}`)), patience);
    try {
      await Promise.race([Promise.all(clients.map(connected)).then(() => this.documents.listen()), silence.promise]);
    } catch (error) {
      throw explainRedis(last ?? error, this.#household.where);
    } finally {
      clearTimeout(timer);
    }
  }

  async stop(): Promise<void> {
    await this.record.settled();
    this.documents.stop();
    this.nodes.stop();
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
