import type { PurposeId } from '../../../lists/purposes.ts';
import type { PolicySnapshot } from '../../between/policy-snapshot.ts';
import type { WallMs } from '../../policy/model.ts';

/** Id of the rule that is tried out. */
export const TRIED_RULE = 'simulated';

/** Runs a policy that isn't in force over the recorded attempts. */
export interface Simulator {
  simulate(trial: {
    readonly snapshot: PolicySnapshot;
    readonly from: WallMs;
    readonly to: WallMs;
  }): Promise<SimulationFacts>;
}

export interface SimulationFacts {
  /** How far back the record was looked at: later than was asked for when it is too long. */
  readonly from: WallMs;
  readonly attempts: number;
  readonly wouldBlock: number;
  readonly wouldAllow: number;
  /** Of those that would be blocked: attempts at names that are known to be missed. */
  readonly useful: number;
  readonly domains: readonly {
    readonly domain: string;
    readonly purpose?: PurposeId;
    readonly to: 'pass' | 'block';
    readonly count: number;
    readonly devices: readonly string[];
    /** What stops working without it. */
    readonly breaks?: string;
  }[];
}
