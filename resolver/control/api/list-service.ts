import type { WallMs } from '../../policy/model.ts';

/** What the lists' manager does beside following the household's `list` documents. */
export interface ListService {
  status(id: string): ListFacts;
  /** Fetches or takes the text, and says what subscribing would mean. @throws ListRefused */
  preview(wish: {
    readonly url?: string;
    readonly text?: string;
    readonly kind: 'block' | 'allow';
  }): Promise<PreviewFacts>;
  /** Looks for a newer version now; resolves when that is done, well or not. */
  refresh(id: string): Promise<void>;
  /** @throws ListRefused when there is no such version */
  rollback(id: string, version?: string): Promise<void>;
  versions(id: string): Promise<readonly VersionFacts[]>;
  /** Ids of the subscribed lists that hold the name. */
  naming(name: string): readonly string[];
}

/** The list can't be had or used; the message is one sentence with the remedy. */
export class ListRefused extends Error {
  override name = 'ListRefused';
}

export interface ListFacts {
  readonly state: 'waiting' | 'updating' | 'live' | 'held' | 'failed' | 'off';
  readonly says: string;
  readonly version?: string;
  readonly entries?: number;
  readonly skipped?: number;
  readonly checkedAt?: WallMs;
  readonly changedAt?: WallMs;
  readonly nextAt?: WallMs;
  readonly problems?: readonly { readonly line: number; readonly message: string }[];
}

export interface PreviewFacts {
  readonly format: string;
  readonly entries: { readonly block: number; readonly allow: number };
  readonly skipped: number;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
  readonly sample: readonly string[];
  readonly held?: string;
  readonly wouldChange: readonly {
    readonly domain: string;
    readonly count: number;
    readonly devices: readonly string[];
    readonly to: 'pass' | 'block';
  }[];
}

export interface VersionFacts {
  readonly version: string;
  readonly fetchedAt: WallMs;
  readonly entries: number;
  readonly state: 'live' | 'kept' | 'held';
  readonly says?: string;
}
