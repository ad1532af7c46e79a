/** Who asks an upstream: a question in flight costs no promise. Told once, and never before `ask` has returned. */
export interface Asker {
  /** @param answer may be changed, and is gone when this returns: copy what is to be kept */
  answered(answer: Uint8Array): void;
  failed(error: UpstreamFailed): void;
}

/** One server that questions are forwarded to. */
export interface Upstream {
  /** As the owner wrote it: `tls://9.9.9.9#dns.quad9.net`. */
  readonly label: string;
  /** Packets that answered no question in flight: late ones, and forged ones. Streams have none. */
  readonly mismatches?: number;
  /**
   * @param query complete message; its id is chosen anew by the transport
   * @param budget milliseconds
   * @param asker gets the complete answer to exactly this question, with the query's id and spelling of the name
   */
  ask(query: Uint8Array, budget: number, asker: Asker): void;
  stop(): Promise<void>;
}

/** No usable answer; the message says of whom and why. */
export class UpstreamFailed extends Error {
  override name = 'UpstreamFailed';
}
