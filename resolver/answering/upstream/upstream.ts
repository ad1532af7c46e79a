/** One server that questions are forwarded to. */
export interface Upstream {
  /** As the owner wrote it: `tls://9.9.9.9#dns.quad9.net`. */
  readonly label: string;
  /** Packets that answered no question in flight: late ones, and forged ones. Streams have none. */
  readonly mismatches?: number;
  /**
   * @param query complete message; its id is chosen anew by the transport
   * @param budget milliseconds
   * @returns the complete answer to exactly this question, with the query's id and spelling of the name
   * @throws UpstreamFailed
   */
  ask(query: Uint8Array, budget: number): Promise<Uint8Array>;
  stop(): Promise<void>;
}

/** No usable answer; the message says of whom and why. */
export class UpstreamFailed extends Error {
  override name = 'UpstreamFailed';
}
