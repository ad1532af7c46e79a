import { purposes } from '../../lists/purposes.ts';
import { attachment } from './attachments.ts';
import type { CompiledDevice } from './compiled-device.ts';
import type { HashedName } from './hashed-name.ts';
import type { Hits } from './hits.ts';
import type { BlockMode, WallMs } from './model.ts';
import { endOf } from './schedule.ts';
import type { ScopeRules } from './scope-rules.ts';
import { reason, type Verdict } from './verdict.ts';

/** What a level looks at: one question of one device. */
export interface Asked {
  name: HashedName;
  hits: Hits;
  device: CompiledDevice;
  everyone: ScopeRules;
  listModes: readonly (BlockMode | undefined)[];
  now: WallMs;
}

export interface Level {
  readonly id: 'pause' | 'timed' | 'device' | 'group' | 'everyone' | 'hold' | 'purpose' | 'list';
  readonly title: string;
  /** Whether it has anything to say of this device's questions at all: most devices have no rules. */
  mayEverSpeak(device: Omit<CompiledDevice, 'levels'>, everyone: ScopeRules): boolean;
  /** @returns whether this level speaks; then the verdict is filled. */
  speak(asked: Asked, verdict: Verdict): boolean;
}

/**
 * The order of precedence, said once: the first level that speaks wins. `decide` walks it for every
 * question, `explain` for people.
 */
export const levels: readonly Level[] = [
  {
    id: 'pause',
    title: 'A pause of this device',
    mayEverSpeak: ({ pausedUntil }) => pausedUntil > 0,
    speak: ({ device, now, hits }, verdict) => {
      if (device.pausedUntil <= now) return false;
      verdict.endsAt = device.pausedUntil;
      return verdict.say(false, hits.any ? reason.pause : reason.none, -1);
    },
  },
  {
    id: 'timed',
    title: 'A rule of this device with an end',
    mayEverSpeak: ({ timed }) => timed !== undefined,
    speak: (asked, verdict) => byRules(asked.device.timed, asked, verdict),
  },
  {
    id: 'device',
    title: "This device's own rules",
    mayEverSpeak: ({ own }) => own !== undefined,
    speak: (asked, verdict) => byRules(asked.device.own, asked, verdict),
  },
  {
    id: 'group',
    title: 'Rules of its groups and people',
    mayEverSpeak: ({ groups }) => groups.length > 0,
    speak: (asked, verdict) => {
      for (const rules of asked.device.groups) if (byRules(rules, asked, verdict)) return true;
      return false;
    },
  },
  {
    id: 'everyone',
    title: 'Rules for everyone',
    mayEverSpeak: (_device, everyone) => everyone.hasAny,
    speak: (asked, verdict) => byRules(asked.everyone, asked, verdict),
  },
  {
    id: 'hold',
    title: 'Devices that wait for a decision',
    mayEverSpeak: ({ isHeld }) => isHeld,
    // What a phone needs to see that it is online passes, as the purposes say.
    speak: ({ device, hits }, verdict) =>
      device.isHeld && !isProtected(hits.purpose) && verdict.say(true, reason.hold, hits.any ? 0 : -1),
  },
  { id: 'purpose', title: "The device's purposes", mayEverSpeak: () => true, speak: byPurpose },
  { id: 'list', title: 'Subscribed lists', mayEverSpeak: () => true, speak: byLists },
];

/** Numbers of the levels that a question of this device has to be taken to. */
export function levelsFor(device: Omit<CompiledDevice, 'levels'>, everyone: ScopeRules): number[] {
  return [...levels.keys()].filter((level) => levels[level].mayEverSpeak(device, everyone));
}

function byRules(rules: ScopeRules | undefined, asked: Asked, verdict: Verdict): boolean {
  const spoken = rules?.speak(asked.name, asked.hits, asked.now);
  if (!spoken) return false;
  const { action, mode } = spoken.rule;
  verdict.endsAt = endOf(spoken.rule, asked.now);
  return verdict.say(action === 'block', reason.rule, spoken.number, mode);
}

const isProtected = (purpose: number): boolean => purpose >= 0 && 'protected' in purposes[purpose];

function byPurpose({ device, hits, now }: Asked, verdict: Verdict): boolean {
  const { purpose } = hits;
  if (purpose < 0) return false;
  const choice = device.choices?.[purpose];
  if (choice && (choice.until === undefined || choice.until > now)) {
    // Too little is known of a tentative name to block it because of what the household thinks of its purpose.
    if (hits.tentative && choice.action === 'block') return false;
    verdict.endsAt = choice.until ?? 0;
    return verdict.say(choice.action === 'block', reason.purpose, purpose);
  }
  if (hits.tentative && !isProtected(purpose)) return false;
  return verdict.say(device.preset.actions[purpose] === 'block', reason.purpose, purpose);
}

/** Important entries come first, allow beats block within each kind. */
function byLists({ device, hits, listModes }: Asked, verdict: Verdict): boolean {
  let best = -1;
  let bestRank = -1;
  let watched = -1;
  for (let i = 0; i < hits.listCount; i++) {
    const attached = device.attachments[hits.lists[i]];
    if (attached === attachment.none) continue;
    if (attached === attachment.watches || !device.preset.listsDecide) {
      watched = i;
      continue;
    }
    const rank = 2 * hits.important[i] + hits.allows[i];
    if (rank > bestRank) {
      best = i;
      bestRank = rank;
    }
  }
  if (best >= 0) {
    const source = hits.lists[best];
    // What the household chose for the list counts more than what the list wants.
    return verdict.say(hits.allows[best] === 0, reason.list, source, listModes[source] ?? hits.modes[best]);
  }
  return watched >= 0 && verdict.say(false, reason.watch, hits.lists[watched]);
}
