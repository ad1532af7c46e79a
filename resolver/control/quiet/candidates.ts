import type { Pack } from '../../../lists/pack/format.ts';
import { evidenceFor } from '../../../lists/pack.ts';
import type { PurposeId } from '../../../lists/purposes.ts';
import type { BlockMode } from '../../policy/model.ts';

/** A way to answer a blocked name, and the seconds for which that is good. */
export interface Candidate {
  readonly mode: BlockMode;
  readonly ttl: number;
}

/** An allow is felt after this many seconds at the latest, and sooner where one may well come. */
export const LONGEST = 300;
const SHORTER = 60;

/** Purposes that nobody misses in a hurry. */
const dispensable: ReadonlySet<PurposeId> = new Set([
  'ads',
  'browser-tracking',
  'system-usage',
  'device-identity',
  'crash-diagnostics',
  'performance-statistics',
  'third-party-sdk',
]);

/** Ways to answer a name that is asked for again and again, in the order in which they are tried. */
export function candidatesFor(
  domain: string,
  {
    packs,
    purpose,
    missed,
  }: {
    readonly packs: readonly Pack[];
    readonly purpose: PurposeId | undefined;
    /** It was what somebody missed before, when something broke. */
    readonly missed: boolean;
  },
): Candidate[] {
  const breaks = evidenceFor(packs, domain)?.entry.breaks !== undefined;
  const ttl = purpose !== undefined && dispensable.has(purpose) && !breaks && !missed ? LONGEST : SHORTER;
  // A name that does not exist has none below it either (RFC 8020), so this would be a lie about those.
  const modes: BlockMode[] = hasNamesBelow(domain, packs) ? ['nodata', 'null'] : ['nxdomain', 'nodata', 'null'];
  return modes.map((mode) => ({ mode, ttl }));
}

const hasNamesBelow = (domain: string, packs: readonly Pack[]): boolean =>
  packs.some(({ names }) => names.some(({ name }) => name.endsWith(`.${domain}`)));
