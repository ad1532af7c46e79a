import type { Client } from '../client.ts';
import type { ClientLookup } from './carrier.ts';

const places = 256;
const memory = 250; // milliseconds

/**
 * The clients of the last moments by the words of their address, so that most packets cost one comparison instead of
 * a look-up. Short of memory on purpose: when the device table changes, clients are met anew.
 */
export class RecentClients {
  private readonly lookup: ClientLookup;
  private readonly keys: Uint32Array;
  private readonly clients: (Client | undefined)[] = new Array(places).fill(undefined);
  private readonly width: 1 | 4;
  private until = 0;

  /** @param width words of an address: 1 for IPv4, 4 for IPv6 */
  constructor(lookup: ClientLookup, width: 1 | 4) {
    this.lookup = lookup;
    this.width = width;
    this.keys = new Uint32Array(places * width);
  }

  /** To be called with every batch. */
  age(now: number): void {
    if (now < this.until) return;
    this.until = now + memory;
    this.clients.fill(undefined);
  }

  /** @param at offset of the address in `bytes`, whole words from the start; `words` are the same bytes */
  of(bytes: Uint8Array, words: Uint32Array, at: number): Client {
    return this.width === 1 ? this.ipv4(words[at >> 2]) : this.ipv6(bytes, words, at);
  }

  private ipv4(word: number): Client {
    const place = hash(word) & (places - 1);
    const client = this.clients[place];
    if (client && this.keys[place] === word) return client;
    this.keys[place] = word;
    return (this.clients[place] = this.lookup.ofIPv4(swapBytes(word)));
  }

  private ipv6(bytes: Uint8Array, words: Uint32Array, at: number): Client {
    const keys = this.keys;
    const from = at >> 2;
    const place = hash(words[from] ^ words[from + 1] ^ words[from + 2] ^ words[from + 3]) & (places - 1);
    const key = place * 4;
    const client = this.clients[place];
    if (
      client &&
      keys[key] === words[from] &&
      keys[key + 1] === words[from + 1] &&
      keys[key + 2] === words[from + 2] &&
      keys[key + 3] === words[from + 3]
    ) {
      return client;
    }
    for (let n = 0; n < 4; n++) keys[key + n] = words[from + n];
    return (this.clients[place] = this.lookup.ofIPv6(bytes, at));
  }
}

function hash(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> 24;
}

/** Network byte order to the machine's. */
function swapBytes(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
