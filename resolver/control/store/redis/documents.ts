import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Conflict, type DocumentChange, type Documents, StoreAway, type StoredDocument } from '../store.ts';
import type { Client } from './connection.ts';
import type { Household } from './household.ts';

/** How long a commit tries to learn what became of it, in milliseconds. */
const patience = 5000;
/** A message may be lost with its connection, so the version is also looked at this often, in milliseconds. */
const lookEvery = 2000;

export class RedisDocuments implements Documents {
  readonly #household: Household;
  readonly #subscriber: Client;
  readonly #writer = randomUUID();
  readonly #watchers = new Set<() => void>();
  #version = 0;
  #isAway = false;
  #looking: NodeJS.Timeout | undefined;

  constructor(deps: { readonly household: Household; readonly subscriber: Client }) {
    this.#household = deps.household;
    this.#subscriber = deps.subscriber;
  }

  /** Looks after the connections from now on, whether they are there already or not. */
  start(): void {
    if (this.#looking) return;
    this.#subscriber.on('message', this.#told);
    this.#subscriber.on('ready', this.#subscribe);
    this.#household.client.on('ready', this.#look);
    this.#household.client.on('close', this.#look);
    this.#looking = setInterval(this.#look, lookEvery).unref();
  }

  /** Resolves when changes by others are heard of. */
  async listen(): Promise<void> {
    await this.#household.ask((_client, keys) => this.#subscriber.subscribe(keys.of('changes')));
    const version = await this.#read();
    if (version !== this.#version) this.#changedTo(version);
  }

  stop(): void {
    clearInterval(this.#looking);
    this.#subscriber.off('message', this.#told);
    this.#subscriber.off('ready', this.#subscribe);
    this.#household.client.off('ready', this.#look);
    this.#household.client.off('close', this.#look);
  }

  async load(): Promise<{ version: number; documents: StoredDocument[] }> {
    const { keys } = this.#household;
    const [version, fields] = await this.#household.read([
      ['GET', keys.of('version')],
      ['HGETALL', keys.of('documents')],
    ]);
    const texts = (fields as Buffer[]).map(String);
    const documents: StoredDocument[] = [];
    for (let i = 0; i < texts.length; i += 2) documents.push(parseDocument(texts[i], texts[i + 1]));
    return { version: Number(version ?? 0), documents };
  }

  /** Sent again, under the same id, until a reply says what became of it. */
  async commit(changes: readonly DocumentChange[]): Promise<number> {
    const values = changes.flatMap(({ kind, id, value, expected }) => [
      `${kind}:${id}`,
      expected ?? '',
      value === undefined ? '' : JSON.stringify(value),
    ]);
    const commit = randomUUID();
    // What is away already is not waited for: nothing can have become of a commit that was never sent.
    const until = performance.now() + (this.#household.client.status === 'ready' ? patience : 0);
    for (;;) {
      try {
        const reply = await this.#household.run('commit', commit, this.#writer, ...values);
        if (typeof reply === 'number') {
          await this.#household.copied();
          return this.#committed(reply);
        }
        const kind = String(reply).split(':', 1)[0];
        throw new Conflict(`The ${kind} was changed by somebody else meanwhile; look again and repeat your change.`);
      } catch (error) {
        if (!(error instanceof StoreAway) || performance.now() > until) throw error;
        await wait(100);
      }
    }
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  #committed(version: number): number {
    // When somebody else's change came in between, the next look must find it.
    if (version === this.#version + 1) this.#version = version;
    return version;
  }

  readonly #told = (channel: string, message: string): void => {
    if (channel !== this.#household.keys.of('changes')) return;
    const [version, writer] = message.split(' ');
    if (writer !== this.#writer) this.#changedTo(Number(version));
  };

  /** Whether the store went or came back is news too: a change may have been missed, or may not be possible now. */
  readonly #look = async (): Promise<void> => {
    const version = await this.#read().catch(() => undefined);
    const isAway = version === undefined;
    const isNews = isAway !== this.#isAway || (!isAway && version !== this.#version);
    this.#isAway = isAway;
    if (isNews) this.#changedTo(version ?? this.#version);
  };

  readonly #subscribe = (): void => {
    // What it says goes to whoever asks the store for something.
    void this.listen().catch(() => {});
  };

  #changedTo(version: number): void {
    this.#version = version;
    for (const changed of this.#watchers) changed();
  }

  async #read(): Promise<number> {
    return Number((await this.#household.ask((client, keys) => client.get(keys.of('version')))) ?? 0);
  }
}

function parseDocument(field: string, text: string): StoredDocument {
  const colon = field.indexOf(':');
  const space = text.indexOf(' ');
  return {
    kind: field.slice(0, colon),
    id: field.slice(colon + 1),
    version: Number(text.slice(0, space)),
    value: JSON.parse(text.slice(space + 1)),
  };
}
