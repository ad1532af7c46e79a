import type { PurposeId } from '../../../lists/purposes.ts';
import type { WallMs } from '../../policy/model.ts';
import type { Presence } from '../devices/presence.ts';
import { checkedBy } from './connectivity-checks.ts';
import { bypassFix } from './fixes.ts';

export const coverageReasons = [
  'asks',
  'fell-silent',
  'never-asked',
  'not-yet',
  'away',
  'other-resolver',
  'only-checks',
] as const;

export interface CoverageReason {
  readonly reason: (typeof coverageReasons)[number];
  /** Seconds since it asked, or that it has been here without. */
  readonly seconds?: number;
  /** The name by which it gets around us. */
  readonly name?: string;
}

/** Whether a device's look-ups reach us at all. */
export interface Coverage {
  readonly state: 'covered' | 'partly' | 'not-covered' | 'unknown';
  /** How we know, in one sentence. */
  readonly sentence: string;
  /** The same for programs, and for pages in other languages. */
  readonly why: CoverageReason;
  readonly remedy?: string;
  /** When a look-up of the device last reached us. */
  readonly provenAt?: WallMs;
}

/** What a device asked for within the last day, as far as it tells whether it goes around us. */
interface Habits {
  /** Names of resolvers elsewhere, and when each was last asked for. */
  readonly bypasses: Map<string, { at: WallMs; blocked: boolean }>;
  /** Systems whose online check it asked for. */
  readonly checks: Map<string, WallMs>;
  /** When it last asked for something that is neither. */
  otherAt?: WallMs;
  since: WallMs;
}

export interface CoverageWatchDeps {
  readonly presenceOf: (device: string) => Presence;
  readonly now: () => WallMs;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A sleeping phone asks every few minutes; one that is there for so long without a question asks elsewhere. */
export const SILENT_AFTER = 45 * MINUTE;
/** Older proof of presence says nothing about now. */
const PRESENT_WITHIN = 15 * MINUTE;
const COVERED_WITHIN = 6 * HOUR;
/** A device that only ever asks whether it is online is watched for so long before that means something. */
const ONLY_CHECKS_AFTER = HOUR;
const MOST_BYPASSES = 50;

/** Watches for devices that are there and do not ask, or that know other ways. In memory: a restart starts to watch anew. */
export class CoverageWatch {
  private readonly deps: CoverageWatchDeps;
  private readonly habits = new Map<string, Habits>();

  constructor(deps: CoverageWatchDeps) {
    this.deps = deps;
  }

  /**
   * A device asked for a name.
   * @param purpose of the name in the packs, where it is in any
   */
  heard(device: string, name: string, asked: { purpose?: PurposeId; blocked: boolean; at: WallMs }): void {
    const habits = this.of(device, asked.at);
    const check = checkedBy(name);
    if (check !== undefined) habits.checks.set(check, asked.at);
    else if (asked.purpose === 'resolver-bypass') {
      habits.bypasses.delete(name);
      habits.bypasses.set(name, { at: asked.at, blocked: asked.blocked });
      if (habits.bypasses.size > MOST_BYPASSES) habits.bypasses.delete(habits.bypasses.keys().next().value!);
    } else habits.otherAt = asked.at;
  }

  /** It asked for names that are in no pack. */
  askedOther(device: string, at: WallMs): void {
    this.of(device, at).otherAt = at;
  }

  /** Systems whose online checks came from this device within the last day. */
  checksOf(device: string): string[] {
    const now = this.deps.now();
    return [...(this.habits.get(device)?.checks ?? [])].filter(([, at]) => now - at < DAY).map(([maker]) => maker);
  }

  coverageOf(device: string): Coverage {
    return judge(this.deps.presenceOf(device), this.habits.get(device), this.deps.now());
  }

  forget(device: string): void {
    this.habits.delete(device);
  }

  private of(device: string, at: WallMs): Habits {
    let habits = this.habits.get(device);
    if (!habits) this.habits.set(device, (habits = { bypasses: new Map(), checks: new Map(), since: at }));
    return habits;
  }
}

const judge = (presence: Presence, habits: Habits | undefined, now: WallMs): Coverage => {
  const { askedAt, confirmedAt = 0, silentSince } = presence;
  const provenAt = askedAt;
  const isPresent = now - confirmedAt < PRESENT_WITHIN;
  const silentFor = isPresent && silentSince !== undefined ? confirmedAt - Math.max(silentSince, askedAt ?? 0) : 0;
  if (silentFor >= SILENT_AFTER) {
    const sentence =
      askedAt === undefined
        ? `It has been on the network for ${inWords(silentFor)} and never asked Quell for a name.`
        : `It is on the network and has not asked Quell for a name for ${inWords(silentFor)}.`;
    const why = {
      reason: askedAt === undefined ? 'never-asked' : 'fell-silent',
      seconds: inSeconds(silentFor),
    } as const;
    return { state: 'not-covered', sentence, why, remedy: bypassFix, provenAt };
  }
  if (askedAt === undefined || now - askedAt > COVERED_WITHIN) {
    const sentence =
      askedAt === undefined
        ? 'It has not asked Quell for a name yet.'
        : `It has not been heard of for ${inWords(now - askedAt)}; it is probably away or switched off.`;
    const why: CoverageReason =
      askedAt === undefined ? { reason: 'not-yet' } : { reason: 'away', seconds: inSeconds(now - askedAt) };
    return { state: 'unknown', sentence, why, provenAt };
  }
  return (
    aroundUs(habits, now, provenAt) ?? {
      state: 'covered',
      sentence: `It asked Quell for a name ${now - askedAt < 2 * MINUTE ? 'just now' : `${inWords(now - askedAt)} ago`}.`,
      why: { reason: 'asks', seconds: inSeconds(now - askedAt) },
      provenAt,
    }
  );
};

/** It asks us, but perhaps not for everything. */
const aroundUs = (habits: Habits | undefined, now: WallMs, provenAt: WallMs | undefined): Coverage | undefined => {
  if (!habits) return undefined;
  const open = [...habits.bypasses].filter(([, { at, blocked }]) => !blocked && now - at < DAY).at(-1);
  if (open)
    return {
      state: 'partly',
      sentence: `It asked for ${open[0]}, by which it can look names up past Quell, and got it.`,
      why: { reason: 'other-resolver', name: open[0] },
      remedy: 'Block "Going around your DNS" on this device.',
      provenAt,
    };
  const lately = habits.otherAt !== undefined && now - habits.otherAt < DAY;
  if (habits.checks.size > 0 && !lately && now - habits.since > ONLY_CHECKS_AFTER)
    return {
      state: 'partly',
      sentence: 'It only asks Quell whether it is online, and looks everything else up elsewhere.',
      why: { reason: 'only-checks' },
      remedy: bypassFix,
      provenAt,
    };
  return undefined;
};

const inSeconds = (time: number): number => Math.max(0, Math.round(time / 1000));

const inWords = (time: number): string => {
  const [amount, unit] =
    time < 90 * MINUTE ? [time / MINUTE, 'minute'] : time < 2 * DAY ? [time / HOUR, 'hour'] : [time / DAY, 'day'];
  const rounded = Math.max(1, Math.round(amount));
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`;
};
