import { PIECE } from '../../../../lists/short-calls.ts';
import type { PackedText, Texts } from '../store.ts';
import type { Household } from './household.ts';

/** Seconds that the pieces of a text stay which was not left whole. */
const UNFINISHED = 3600;

/**
 * Texts of lists, packed as they are on a node's disk: each in a string of its own that is written and read in pieces,
 * and in one hash the octets of those that are whole.
 */
export class RedisTexts implements Texts {
  readonly #household: Household;
  readonly #mostBytes: number;

  constructor(deps: { readonly household: Household; readonly mostBytes?: number }) {
    this.#household = deps.household;
    this.#mostBytes = deps.mostBytes ?? 64 * 2 ** 20;
  }

  async get(version: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const bytes = await this.#household.ask((client, keys) => client.hget(keys.of('texts'), version));
    return bytes === null ? undefined : this.#pieces(version, Number(bytes));
  }

  async put(version: string, text: PackedText, needed: ReadonlySet<string>): Promise<boolean> {
    const room = await this.#makeRoom(version, needed);
    if (room === 'there') return true;
    if (text.bytes > room) return false;
    let at = 0;
    for await (const piece of text.pieces()) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
      // Where two nodes leave the same text, they write the same octets to the same places.
      await this.#household.ask(async (client, keys) => {
        const key = keys.text(version);
        await client.setrange(key, at, bytes);
        if (at === 0) await client.expire(key, UNFINISHED);
      });
      at += piece.length;
    }
    await this.#household.ask(async (client, keys) => {
      await client.persist(keys.text(version));
      await client.hset(keys.of('texts'), version, at);
    });
    return true;
  }

  /** Removes what nobody needs. @returns octets that are free then */
  #makeRoom(version: string, needed: ReadonlySet<string>): Promise<number | 'there'> {
    return this.#household.ask(async (client, keys) => {
      const index = keys.of('texts');
      let room = this.#mostBytes;
      for (const [other, bytes] of Object.entries(await client.hgetall(index))) {
        if (other === version) return 'there';
        if (needed.has(other)) room -= Number(bytes);
        else {
          await client.hdel(index, other);
          await client.unlink(keys.text(other));
        }
      }
      return room;
    });
  }

  async *#pieces(version: string, bytes: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes; ) {
      const piece = await this.#household.ask(async (client, keys) => {
        const found = await client.getrangeBuffer(keys.text(version), at, at + PIECE - 1);
        // Who has it may leave it anew.
        if (found.length === 0) await client.hdel(keys.of('texts'), version);
        return found;
      });
      if (piece.length === 0) throw new Error('The text was removed meanwhile.');
      at += piece.length;
      yield piece;
    }
  }
}
