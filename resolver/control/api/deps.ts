import type { Logger } from 'pino';
import type { Pack } from '../../../lists/pack/format.ts';
import type { Explanation } from '../../policy/explain.ts';
import type { WallMs } from '../../policy/model.ts';
import type { Devices } from '../devices/devices.ts';
import type { OwnerAccount } from '../settings/account.ts';
import type { Guard } from '../settings/guard.ts';
import type { Household } from '../settings/household.ts';
import type { Links } from '../settings/links.ts';
import type { Sessions } from '../settings/sessions.ts';
import type { Tokens } from '../settings/tokens.ts';
import type { AttemptRow, RecordStore } from '../store/store.ts';
import type { ListService } from './list-service.ts';
import type { Simulator } from './simulator.ts';

/** What is behind the API. Routes whose dep is missing answer 404. */
export interface ApiDeps {
  readonly household: Household;
  readonly access: Access;
  readonly devices: Pick<Devices, 'list' | 'get' | 'view' | 'behind' | 'merge' | 'split'>;
  readonly record: Pick<RecordStore, 'attempts' | 'summary' | 'firstSeen' | 'forget'>;
  readonly packs: readonly Pack[];
  readonly node: NodeFacts;
  readonly now: () => WallMs;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly live?: LiveAttempts;
  /** Whether the device's look-ups reach us at all. */
  readonly coverage?: (device: string) => CoverageFacts;
  /** Undefined when the name is none. */
  readonly explain?: (device: string, name: string, qtype: number, at: WallMs) => Explanation | undefined;
  readonly lists?: ListService;
  readonly simulator?: Simulator;
  /** Names beside addresses, `localhost`, `*.local` and `*.home.arpa` under which the page may be opened. */
  readonly hostNames?: readonly string[];
  /** Reverse proxies whose `X-Forwarded-For` and `-Proto` are believed: "10.0.0.0/8". */
  readonly trustedProxies?: readonly string[];
}

export interface Access {
  readonly account: OwnerAccount;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly links: Links;
  readonly guard: Guard;
}

export interface NodeFacts {
  readonly version: string;
  readonly name: string;
  readonly startedAt: WallMs;
  readonly store: 'sqlite' | 'redis';
  /** What the owner should know that no other part of the API says. */
  readonly notices?: () => readonly NoticeFacts[];
}

export interface NoticeFacts {
  readonly id: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly sentence: string;
  readonly remedy?: string;
  readonly device?: string;
  readonly list?: string;
}

export interface CoverageFacts {
  readonly state: 'covered' | 'partly' | 'not-covered' | 'unknown';
  readonly sentence: string;
  readonly remedy?: string;
  readonly provenAt?: WallMs;
}

export interface LiveAttempts {
  /**
   * Calls back with every attempt after `since` that is still at hand, oldest first, then with each new one.
   * Ids are opaque. @returns a function that ends it
   */
  subscribe(listener: (event: { id: string; attempt: AttemptRow }) => void, since?: string): () => void;
}
