/** Upper bounds of the buckets that answering sorts its times into, in milliseconds; what took longer is in a last one. */
export const latencyBounds = [
  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000,
] as const;

/** How long questions took since the start of the process. */
export interface LatencyCounts {
  /** One more than bounds. */
  readonly counts: readonly number[];
  /** Milliseconds. */
  readonly sum: number;
}
