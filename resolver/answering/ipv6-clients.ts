import { readUint32 } from '../wire/header.ts';
import type { Client } from './client.ts';

interface Entry {
  readonly words: readonly number[];
  readonly client: Client;
  /** Another address with the same hash. */
  readonly next: Entry | undefined;
}

/** Clients by the sixteen octets of their address. */
export class Ipv6Clients {
  private readonly byHash = new Map<number, Entry>();

  get(bytes: Uint8Array, at: number): Client | undefined {
    const a = readUint32(bytes, at);
    const b = readUint32(bytes, at + 4);
    const c = readUint32(bytes, at + 8);
    const d = readUint32(bytes, at + 12);
    for (let entry = this.byHash.get(hashOf(a, b, c, d)); entry; entry = entry.next) {
      const { words } = entry;
      if (words[0] === a && words[1] === b && words[2] === c && words[3] === d) return entry.client;
    }
    return undefined;
  }

  set(bytes: Uint8Array, at: number, client: Client): void {
    const words = [0, 4, 8, 12].map((octet) => readUint32(bytes, at + octet));
    const hash = hashOf(words[0], words[1], words[2], words[3]);
    this.byHash.set(hash, { words, client, next: this.byHash.get(hash) });
  }

  clear(): void {
    this.byHash.clear();
  }
}

const hashOf = (a: number, b: number, c: number, d: number): number =>
  Math.imul(a ^ Math.imul(b, 31), 0x9e3779b1) ^ Math.imul(c ^ Math.imul(d, 31), 0x85ebca6b);
