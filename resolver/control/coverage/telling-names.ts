import { nameSignals } from '../devices/likeness-signals.ts';
import { connectivityChecks } from './connectivity-checks.ts';

/**
 * Names that tell what a device is or whether others hide behind it; each stands for all below it.
 * Most are in no pack, so they have to be watched for `Devices.heard` and `CoverageWatch.heard` to learn of them.
 */
export const tellingNames: readonly string[] = [
  ...new Set([...nameSignals.keys(), ...connectivityChecks.keys()]),
].sort();
