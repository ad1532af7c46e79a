import type { PurposeId } from '../../../lists/purposes.ts';
import type { PolicySnapshot } from '../../between/policy-snapshot.ts';
import type { WallMs } from '../../policy/model.ts';

/** Runs a policy that isn't in force over the recorded attempts. */
export interface Simulator {
  simulate(trial: {
    readonly snapshot: PolicySnapshot;
    readonly from: WallMs;
    readonly to: WallMs;
  }): Promise<SimulationFacts>;
}

export interface SimulationFacts {
  readonly attempts: number;
  readonly wouldBlock: number;
  readonly wouldAllow: number;
  readonly domains: readonly {
    readonly domain: string;
    readonly purpose?: PurposeId;
    readonly to: 'pass' | 'block';
    readonly count: number;
    readonly devices: readonly string[];
  }[];
}
