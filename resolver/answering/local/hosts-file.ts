import { type Stats, unwatchFile, watchFile } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import ipaddr from 'ipaddr.js';
import type { LocalRecord } from './record-data.ts';

/** Milliseconds between two looks at the file; editors and routers replace it in ways that no notification survives. */
const EVERY = 3_000;
const LARGEST = 8 * 1024 * 1024;

/** A file like /etc/hosts, read again whenever it changes. A file that can't be read leaves what was read before. */
export class HostsFile {
  records: readonly LocalRecord[] = [];
  private readonly path: string;
  private readonly changed: () => void;
  private readonly say: (sentence: string) => void;
  private readonly look = (now: Stats, before: Stats): void => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino) void this.read();
  };

  constructor(path: string, changed: () => void, say: (sentence: string) => void) {
    this.path = path;
    this.changed = changed;
    this.say = say;
  }

  start(): void {
    watchFile(this.path, { interval: EVERY, persistent: false }, this.look);
    void this.read();
  }

  stop(): void {
    unwatchFile(this.path, this.look);
  }

  private async read(): Promise<void> {
    try {
      const { size } = await stat(this.path);
      if (size > LARGEST) throw new Error(`it is larger than ${LARGEST >> 20} MiB; subscribe to it as a list instead`);
      this.records = hostRecords(await readFile(this.path, 'utf8'));
    } catch (error) {
      this.say(`The hosts file ${this.path} can't be used: ${(error as Error).message}.`);
      return;
    }
    this.changed();
  }
}

/** Addresses that mean this machine, or no single one, to whoever reads the file: of no use to the rest of the house. */
const useless = new Set(['loopback', 'multicast', 'linkLocal', 'broadcast']);

/** Lines without an address or a name are passed over. */
export function* hostLines(text: string): Generator<{ address: string; names: string[] }> {
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (names.length === 0 || !ipaddr.isValid(address)) continue;
    if (!useless.has(ipaddr.parse(address).range())) yield { address, names };
  }
}

function hostRecords(text: string): LocalRecord[] {
  const records: LocalRecord[] = [];
  for (const { address, names } of hostLines(text)) {
    const type = address.includes(':') ? 'AAAA' : 'A';
    for (const name of names) records.push({ name, type, value: address });
  }
  return records;
}
