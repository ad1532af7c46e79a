import type { WallMs } from '../../policy/model.ts';
import { type Identity, valuesOf } from './identity.ts';
import type { Likeness } from './likeness.ts';
import { isLocallyAdministered } from './mac.ts';
import { isTelling } from './suggested-name.ts';

/** Two devices that may be one. The first is the one to keep. */
export interface MergeProposal {
  readonly devices: readonly [keep: string, other: string];
  /** 0 to 1 */
  readonly confidence: number;
  /** One sentence for a person to judge by. */
  readonly says: string;
}

export interface ProposalFacts {
  readonly identity: Identity;
  /** Given by a person. */
  readonly name?: string;
  readonly likeness: Likeness;
  /** Its MAC stands for several devices. */
  readonly shared: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Change of the MAC: the old one may still be heard of for so long after the new one came. */
const OVERLAP = 10 * MINUTE;
/** A phone that was quiet for longer is not thought of when a new one appears. */
const QUIET_FOR_AT_MOST = 48 * HOUR;
/** A new device without a telling name is only compared for so long. */
const NEW_FOR = 7 * 24 * HOUR;
const MOST = 50;
/** More newcomers than this are a crowd of guests. */
const MOST_NEWCOMERS = 200;

/** Compared by when they were there: one phone is not in two places at once. */
export const proposeMerges = (all: readonly ProposalFacts[], now: WallMs): MergeProposal[] => {
  const candidates = all.filter(({ shared }) => !shared);
  const sameName = Map.groupBy(
    candidates.filter(({ identity }) => identity.suggestedName !== undefined && isTelling(identity.suggestedName)),
    ({ identity }) => identity.suggestedName!.toLowerCase(),
  );
  const byName = [...sameName.values()].flatMap((group) => neighbouring(group).flatMap(([a, b]) => byHostName(a, b)));
  const taken = new Set(byName.flatMap(({ devices }) => devices));
  const newcomers = candidates.filter(
    ({ identity }) => now - identity.firstSeen < NEW_FOR && isRandomOnly(identity) && !taken.has(identity.id),
  );
  const newest = newcomers.sort((a, b) => b.identity.firstSeen - a.identity.firstSeen).slice(0, MOST_NEWCOMERS);
  const hiding = candidates.filter(({ identity }) => isRandomOnly(identity));
  const byLikeness = newest.flatMap((newcomer) => wentQuiet(newcomer, hiding));
  return [...byName, ...byLikeness].sort((a, b) => b.confidence - a.confidence).slice(0, MOST);
};

const callOf = ({ name, identity }: ProposalFacts) => name ?? identity.suggestedName ?? identity.vendor ?? 'a device';

const isRandomOnly = (identity: Identity) => {
  const macs = valuesOf(identity, 'mac');
  return macs.length > 0 && macs.every(isLocallyAdministered);
};

const apart = (a: Identity, b: Identity) => a.notSameAs.has(b.id) || b.notSameAs.has(a.id);

/** `b` came when `a` had gone, give or take. */
const followed = (a: Identity, b: Identity) => b.firstSeen + OVERLAP >= a.lastSeen && b.firstSeen >= a.firstSeen;

/** Each with the one that came after it. */
const neighbouring = (group: readonly ProposalFacts[]): [ProposalFacts, ProposalFacts][] => {
  const inOrder = [...group].sort((a, b) => a.identity.firstSeen - b.identity.firstSeen);
  return inOrder.slice(1).map((facts, i) => [inOrder[i], facts]);
};

const byHostName = (older: ProposalFacts, newer: ProposalFacts): MergeProposal[] => {
  const [a, b] = [older.identity, newer.identity];
  if (apart(a, b) || !followed(a, b)) return [];
  const random = isRandomOnly(b) || isRandomOnly(a);
  const says = `Both call themselves ${b.suggestedName}, and the second appeared when ${callOf(older)} went quiet.`;
  return [{ devices: [a.id, b.id], confidence: random ? 0.9 : 0.6, says }];
};

const wentQuiet = (newcomer: ProposalFacts, all: readonly ProposalFacts[]): MergeProposal[] => {
  const b = newcomer.identity;
  const fitting = all.filter(({ identity: a, likeness }) => {
    if (a === b || apart(a, b) || !followed(a, b)) return false;
    if (b.firstSeen - a.lastSeen > QUIET_FOR_AT_MOST) return false;
    // Two names that differ are two devices as far as anybody can tell.
    if (a.suggestedName !== undefined && b.suggestedName !== undefined) return false;
    return likeness.vendor === newcomer.likeness.vendor && likeness.kind === newcomer.likeness.kind;
  });
  // With several to choose from nobody can tell which.
  if (fitting.length !== 1) return [];
  const [older] = fitting;
  const known = newcomer.likeness.vendor !== undefined;
  const looks = known ? `looks like the same kind of ${newcomer.likeness.vendor} device` : 'hides its MAC as well';
  return [
    {
      devices: [older.identity.id, b.id],
      confidence: known ? 0.6 : 0.3,
      says: `${callOf(older)} went quiet, and this new device, which appeared then, ${looks}.`,
    },
  ];
};
