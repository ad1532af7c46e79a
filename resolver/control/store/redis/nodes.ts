import type { WallMs } from '../../../policy/model.ts';
import type { NodeState, Nodes, SeenNode, Topic } from '../store.ts';
import type { Client } from './connection.ts';
import type { Household } from './household.ts';

const topics: readonly Topic[] = ['attempts', 'forgotten'];

/** The resolvers that share this Redis. Times are Redis', so that no node's clock has to be right. */
export class RedisNodes implements Nodes {
  readonly #household: Household;
  readonly #subscriber: Client;
  readonly #listeners = new Map<string, Set<(message: string) => void>>();

  constructor(deps: { readonly household: Household; readonly subscriber: Client }) {
    this.#household = deps.household;
    this.#subscriber = deps.subscriber;
  }

  start(): void {
    this.#subscriber.on('ready', this.#subscribe);
    this.#subscriber.on('message', this.#told);
  }

  stop(): void {
    this.#subscriber.off('ready', this.#subscribe);
    this.#subscriber.off('message', this.#told);
  }

  async time(): Promise<WallMs> {
    return milliseconds((await this.#household.read([['TIME']]))[0]);
  }

  async beat({ id, ...state }: NodeState): Promise<void> {
    await this.#household.run('beat', id, JSON.stringify(state));
  }

  async leave(id: string): Promise<void> {
    await this.#household.ask((client, keys) => client.hdel(keys.of('nodes'), id));
  }

  async all(): Promise<SeenNode[]> {
    const { keys } = this.#household;
    const [time, fields] = await this.#household.read([['TIME'], ['HGETALL', keys.of('nodes')]]);
    const now = milliseconds(time);
    const texts = (fields as Buffer[]).map(String);
    const nodes: SeenNode[] = [];
    for (let i = 0; i < texts.length; i += 2) {
      const space = texts[i + 1].indexOf(' ');
      const silentFor = Math.max(0, now - Number(texts[i + 1].slice(0, space)));
      nodes.push({ id: texts[i], ...JSON.parse(texts[i + 1].slice(space + 1)), silentFor });
    }
    return nodes;
  }

  async tell(topic: Topic, message: string): Promise<void> {
    await this.#household.ask((client, keys) => client.publish(keys.of(topic), message));
  }

  hear(topic: Topic, listener: (message: string) => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  readonly #subscribe = (): void => {
    const { keys } = this.#household;
    this.#subscriber.subscribe(...topics.map((topic) => keys.of(topic))).catch(() => {});
  };

  readonly #told = (channel: string, message: string): void => {
    const topic = channel.slice(this.#household.keys.prefix.length);
    for (const listener of this.#listeners.get(topic) ?? []) listener(message);
  };
}

function milliseconds(reply: unknown): WallMs {
  const [seconds, micros] = (reply as Buffer[]).map(Number);
  return seconds * 1000 + micros / 1000;
}
