import { type Stats, unwatchFile, watchFile } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import ipaddr from 'ipaddr.js';
import type { LocalRecord } from './record-data.ts';

/** Looked at so often instead of watched: editors and routers replace it in ways that no notification survives. */
const EVERY = 3_000;
const LARGEST = 8 * 1024 * 1024;

export interface HostsFileDeps {
  readonly path: string;
  readonly changed: () => void;
  readonly say: (sentence: string) => void;
  /** Milliseconds between two looks at the file. */
  readonly every?: number;
}

/** A file like /etc/hosts, read again whenever it changes. A file that can't be read leaves what was read before. */
export class HostsFile {
  records: readonly LocalRecord[] = [];
  private readonly deps: HostsFileDeps;
  private readonly look = (now: Stats, before: Stats): void => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino) void this.read();
  };

  constructor(deps: HostsFileDeps) {
    this.deps = deps;
  }

  /** Resolves when it was read for the first time, or can't be. */
  async start(): Promise<void> {
    const { path, every = EVERY } = this.deps;
    watchFile(path, { interval: every, persistent: false }, this.look);
    await this.read();
  }

  stop(): void {
    unwatchFile(this.deps.path, this.look);
  }

  private async read(): Promise<void> {
    const { path, changed, say } = this.deps;
    try {
      const { size } = await stat(path);
      if (size > LARGEST) throw new Error(`it is larger than ${LARGEST >> 20} MiB; subscribe to it as a list instead`);
      this.records = hostRecords(await readFile(path, 'utf8'));
    } catch (error) {
      say(`The hosts file ${path} can't be used: ${(error as Error).message}.`);
      return;
    }
    changed();
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
