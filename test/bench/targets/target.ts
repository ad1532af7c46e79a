import type { Launch } from '../child.ts';
import type { ListSize, Mixes } from '../data/mixes.ts';

/** Where and with what a server is to run. */
export interface Setting {
  /** Empty, its own. */
  readonly folder: string;
  readonly port: number;
  /** Where the stub answers. */
  readonly upstream: number;
  readonly list: ListSize;
  readonly mixes: Mixes;
}

/** A server to be measured. */
export interface Target {
  readonly name: string;
  readonly version: string;
  /** Writes its configuration. Everything that is not part of a start is done here. */
  prepare(setting: Setting): Promise<Omit<Launch, 'cores'>>;
  /** Blocked attempts that are in the record, where there is one. */
  storedAttempts?(folder: string): Promise<number>;
}
