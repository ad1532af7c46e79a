import { join } from 'node:path';
import type { BootstrapServer } from './bootstrap-lookup.ts';
import { type Fetched, type FetchLimits, ListFetcher, type Validators } from './list-fetcher.ts';

export interface ListSourceDeps {
  /** The household's own files are in `lists`. */
  readonly dataDir: string;
  /** Plain DNS resolvers that are asked for list servers. */
  readonly bootstrap: readonly BootstrapServer[];
  readonly allowPrivate: boolean;
  readonly limits: FetchLimits;
  /** Aborted when Quell stops. */
  readonly stopping: AbortSignal;
}

/** Where lists come from: servers, and files of the household's own. */
export class ListSource {
  /** Bytes that a list may have. */
  readonly limit: number;
  private readonly deps: ListSourceDeps;
  private readonly fetcher: ListFetcher;

  constructor(deps: ListSourceDeps) {
    this.deps = deps;
    this.limit = deps.limits.bytes;
    this.fetcher = new ListFetcher(deps);
  }

  /** @param spool path that a text may be written to; @throws FetchFailed, TooLarge */
  async fetch(address: string, validators: Validators, spool: string): Promise<Fetched> {
    const { dataDir, stopping: signal } = this.deps;
    // The child looks where a file leads to, in the moment in which it reads it.
    if (address.startsWith('file:')) return { same: false, text: { address, folder: join(dataDir, 'lists') } };
    return this.fetcher.fetch(address, { validators, spool, signal });
  }
}
