import type { Texts } from '../store.ts';
import type { Household } from './household.ts';

/** Texts of lists in one hash, packed as they are on a node's disk. */
export class RedisTexts implements Texts {
  readonly #household: Household;
  readonly #mostBytes: number;

  constructor(deps: { readonly household: Household; readonly mostBytes?: number }) {
    this.#household = deps.household;
    this.#mostBytes = deps.mostBytes ?? 64 * 2 ** 20;
  }

  async get(version: string): Promise<Uint8Array | undefined> {
    return (await this.#household.ask((client, keys) => client.hgetBuffer(keys.of('texts'), version))) ?? undefined;
  }

  async put(version: string, packed: Uint8Array, needed: ReadonlySet<string>): Promise<boolean> {
    return this.#household.ask(async (client, keys) => {
      const key = keys.of('texts');
      let bytes = packed.length;
      for (const other of await client.hkeys(key)) {
        if (other === version) return true;
        if (!needed.has(other)) await client.hdel(key, other);
        else bytes += await client.hstrlen(key, other);
      }
      if (bytes > this.#mostBytes) return false;
      await client.hset(key, version, Buffer.from(packed.buffer, packed.byteOffset, packed.length));
      return true;
    });
  }
}
