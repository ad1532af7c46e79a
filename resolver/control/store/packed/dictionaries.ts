import { randomBytes } from 'node:crypto';
import { Dictionary } from './dictionary.ts';
import type { Shelf } from './shelf.ts';

/** Dictionaries as they were last read; the ones used least recently are let go. */
export class Dictionaries {
  readonly #shelf: Shelf;
  readonly #entriesAtMost: number;
  readonly #known = new Map<string, Dictionary>();

  constructor(shelf: Shelf, entriesAtMost = 50_000) {
    this.#shelf = shelf;
    this.#entriesAtMost = entriesAtMost;
  }

  /** As last read, which the backend checks when rows are written with it. */
  async forWriting(device: string): Promise<Dictionary> {
    return this.#known.get(device) ?? (await this.current(device));
  }

  /** As it is now. */
  async current(device: string): Promise<Dictionary> {
    const known = this.#known.get(device);
    const first = (known?.size ?? 0) + 1;
    const news = await this.#shelf.dictionary(device, first);
    if (known && news?.generation === known.generation) {
      known.learn(first, news.lines);
      return this.#keep(device, known);
    }
    if (!news) return this.#keep(device, known?.size === 0 ? known : new Dictionary(newGeneration()));
    const whole = known ? await this.#shelf.dictionary(device, 1) : news;
    return this.#keep(device, new Dictionary(whole?.generation ?? newGeneration(), whole?.lines));
  }

  drop(device: string): void {
    this.#known.delete(device);
  }

  #keep(device: string, dictionary: Dictionary): Dictionary {
    this.#known.delete(device);
    this.#known.set(device, dictionary);
    let entries = 0;
    for (const each of this.#known.values()) entries += each.size + 1;
    for (const [oldest, each] of this.#known) {
      if (entries <= this.#entriesAtMost || oldest === device) break;
      this.#known.delete(oldest);
      entries -= each.size + 1;
    }
    return dictionary;
  }
}

export const newGeneration = () => randomBytes(6).toString('base64url');
