import type { DeviceTable, UnknownClient } from './device-table.ts';
import type { DeviceTableChange } from './device-table-change.ts';
import type { LatencyCounts } from './latency.ts';
import type { PolicyChange } from './policy-change.ts';
import type { PolicySnapshot } from './policy-snapshot.ts';

/** All that control tells answering. The rule-set's bytes are shared, not copied. */
export type ToAnswering =
  | { readonly kind: 'policy'; readonly snapshot: PolicySnapshot }
  | { readonly kind: 'policy-change'; readonly change: PolicyChange }
  | { readonly kind: 'devices'; readonly table: DeviceTable }
  | { readonly kind: 'devices-change'; readonly change: DeviceTableChange }
  /** `number` grows with each rule-set, and is told back when it is in force. */
  | { readonly kind: 'rules'; readonly buffer: SharedArrayBuffer; readonly number: number }
  /** The batch is stored, or safe in the journal: it need not be sent again. */
  | { readonly kind: 'kept'; readonly boot: string; readonly sequence: number }
  /** Milliseconds by which this machine's clock is ahead of the household's, which counts. */
  | { readonly kind: 'clock'; readonly ahead: number }
  /** Forget cached answers: all, or those for one name. */
  | { readonly kind: 'flush'; readonly name?: string }
  | RelayedQuestion;

export interface SentBatch {
  readonly batch: Uint8Array;
  /** Of the batch, see `BatchColumns`. */
  readonly boot: string;
  /** Number of the table of kinds that its own are new to; counts from the start of the process. */
  readonly table: number;
  /** Kinds of the table that came before; 0 with the first batch of a table, or of what is sent of it again. */
  readonly before: number;
}

/** A question that came to the page's own address over HTTP. `id` is taken anew when control starts anew. */
export interface RelayedQuestion {
  readonly kind: 'relayed-question';
  readonly id: number;
  readonly message: Uint8Array;
  /** Canonical text of the client's address, and the device name in the path, if there was one. */
  readonly address: string;
  readonly name?: string;
}

/** Empty when the question was met with silence. */
export interface RelayedAnswer {
  readonly kind: 'relayed-answer';
  readonly id: number;
  readonly message: Uint8Array;
}

/** All that answering tells control. */
export type ToControl =
  /** Answering has begun: everything it needs is to be sent, whatever was sent before. */
  | { readonly kind: 'hello' }
  /**
   * `batch` as `encodeBatch` writes it; `oldest` is the sequence of the first that is not confirmed: whoever has none
   * of this boot yet begins with it.
   */
  | ({ readonly kind: 'attempts'; readonly oldest: number } & SentBatch)
  | { readonly kind: 'unknown'; readonly client: UnknownClient }
  /** From now on questions are decided by this version of the policy. */
  | { readonly kind: 'in-force'; readonly thread: number; readonly version: number }
  /** And by this rule-set. */
  | { readonly kind: 'rules-in-force'; readonly thread: number; readonly number: number }
  | { readonly kind: 'health'; readonly health: AnsweringHealth }
  | RelayedAnswer;

/** How answering is, once a second; counts grow from the start of the process. */
export interface AnsweringHealth {
  /** Number of the answering thread. */
  readonly thread: number;
  /** Where questions are taken: "192.168.1.2:53 udp". */
  readonly listening: readonly string[];
  readonly policyVersion: number;
  /** Questions by outcome, in the order of `outcomes`. */
  readonly outcomes: readonly number[];
  readonly cache: { readonly entries: number; readonly bytes: number };
  readonly underWay: number;
  /** Answers from the house itself, of which one in 64 is timed, and all that were asked upstream. */
  readonly latency?: { readonly house: LatencyCounts; readonly upstream: LatencyCounts };
  /** Bytes of the thread's own heap. */
  readonly heap?: number;
  readonly ringDropped: number;
  /** Questions of the watchdog's own that nobody answered, the latest in a row. */
  readonly unansweredByWatchdog?: number;
  /** 0: none. 1 and more: attempts, prefetch, and questions for upstreams are let go, in this order. */
  readonly pressure?: number;
  /** The latest of what is wrong with settings or files that answering uses, a sentence each. */
  readonly notices?: readonly string[];
  readonly upstreams: readonly UpstreamHealth[];
}

export interface UpstreamHealth {
  readonly label: string;
  readonly healthy: boolean;
  /** Smoothed, milliseconds. */
  readonly latency?: number;
  readonly failures: number;
  readonly lastError?: string;
}

/** What control tells its supervisor. */
export type ToSupervisor = { readonly kind: 'alive' } | Serving;

/** The page is served at these addresses; lines for the person who started Quell. */
export interface Serving {
  readonly kind: 'serving';
  readonly http: readonly string[];
  readonly say: readonly string[];
  /** Lets the command line on this machine in. */
  readonly token: string;
}
