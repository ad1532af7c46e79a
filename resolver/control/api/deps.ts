import type { Logger } from 'pino';
import type { Pack } from '../../../lists/pack/format.ts';
import type { Explanation } from '../../policy/explain.ts';
import type { WallMs } from '../../policy/model.ts';
import type { Coverage } from '../coverage/coverage.ts';
import type { Fix } from '../coverage/fixes.ts';
import type { Spokesman } from '../coverage/spokesman.ts';
import type { Devices } from '../devices/devices.ts';
import type { Lists } from '../lists/lists.ts';
import type { Quiet } from '../quiet/quiet.ts';
import type { Live } from '../record/live.ts';
import type { Access } from '../settings/access.ts';
import type { Household } from '../settings/household.ts';
import type { RecordStore, SeenNode } from '../store/store.ts';
import type { Simulator } from './simulator.ts';

/** What is behind the API. Routes whose dep is missing answer 404. */
export interface ApiDeps {
  readonly household: Household;
  readonly access: Access;
  readonly devices: Pick<
    Devices,
    | 'list'
    | 'get'
    | 'view'
    | 'behind'
    | 'merge'
    | 'split'
    | 'identify'
    | 'release'
    | 'proposals'
    | 'keepApart'
    | 'sources'
  >;
  readonly record: Pick<RecordStore, 'attempts' | 'summary' | 'timeline' | 'firstSeen'>;
  /** Everything recorded of a device, wherever it waits. */
  readonly forget: (device: string) => Promise<void>;
  readonly packs: readonly Pack[];
  readonly node: NodeFacts;
  readonly now: () => WallMs;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly live?: Pick<Live, 'subscribe'>;
  /** Whether the device's look-ups reach us at all. */
  readonly coverage?: (device: string) => Coverage;
  /** Clients behind which others hide. */
  readonly spokesmen?: () => readonly Spokesman[];
  /** `past`: as the household's decisions stood at `at`. Undefined when the name is none. @throws NotRemembered */
  readonly explain?: (
    device: string,
    name: string,
    qtype: number,
    at: WallMs,
    past?: boolean,
  ) => Promise<Explanation | undefined>;
  /** Ids of the packs and lists that hold a name. */
  readonly namedBy?: (name: string) => Promise<readonly string[]>;
  readonly lists?: ListService;
  readonly quiet?: Pick<Quiet, 'effects' | 'hush'>;
  readonly simulator?: Simulator;
  /** Names beside addresses, `localhost`, `*.local` and `*.home.arpa` under which the page may be opened. */
  readonly hostNames?: readonly string[];
  /** Reverse proxies whose `X-Forwarded-For` and `-Proto` are believed: "10.0.0.0/8". */
  readonly trustedProxies?: readonly string[];
}

export type ListService = Pick<Lists, 'statuses' | 'refresh' | 'versions' | 'rollback' | 'applyHeldBack' | 'texts'>;

export interface NodeFacts {
  readonly version: string;
  readonly name: string;
  readonly startedAt: WallMs;
  readonly store: 'sqlite' | 'redis';
  /** This node and the others of the household, this one first. */
  readonly nodes?: () => readonly SeenNode[];
  /** What the owner should know that no other part of the API says. */
  readonly notices?: () => readonly NoticeFacts[];
}

export interface NoticeFacts {
  readonly id: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly sentence: string;
  readonly remedy?: string;
  readonly fixes?: readonly Fix[];
  readonly device?: string;
  readonly list?: string;
}
