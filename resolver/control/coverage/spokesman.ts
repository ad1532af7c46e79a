import type { DeviceDocument } from '../settings/documents.ts';
import { type Fix, type Household, routerFixes } from './fixes.ts';

/** One client that speaks for many, so that the others can't be told apart. */
export interface Spokesman {
  readonly device: string;
  /** 0 to 1 */
  readonly confidence: number;
  /** What is the matter, for people. */
  readonly sentence: string;
  /** How we know, strongest first. */
  readonly because: readonly string[];
  readonly fixes: readonly Fix[];
}

export interface SpokesmanFacts {
  readonly devices: readonly Pick<DeviceDocument, 'id' | 'name' | 'suggestedName' | 'identifiers'>[];
  /** Addresses of the default gateways. */
  readonly gateways: readonly string[];
  /** Systems whose online checks came from the device. */
  readonly checksOf: (device: string) => readonly string[];
  /** Questions of each device within the last day. */
  readonly questionsOf: (device: string) => number;
  /** Its forwarder's word about who asks is believed already. */
  readonly isTrusted: (address: string) => boolean;
  readonly household: Household;
}

/** Below so many questions a day a share of them says nothing. */
const ENOUGH_QUESTIONS = 200;
/** One phone checks with its maker's name and Android's. */
const CHECKS_OF_ONE = 2;
const MOST_OF_ALL = 0.8;
const CONVINCING = 0.5;

/** Looks for the client behind which others hide: usually a router that asks for all. */
export const findSpokesmen = (facts: SpokesmanFacts): Spokesman[] => {
  const total = facts.devices.reduce((sum, { id }) => sum + facts.questionsOf(id), 0);
  return facts.devices.flatMap((device) => judge(device, facts, total)).sort((a, b) => b.confidence - a.confidence);
};

const judge = (device: SpokesmanFacts['devices'][number], facts: SpokesmanFacts, total: number): Spokesman[] => {
  const addresses = device.identifiers.filter(({ kind }) => kind === 'address').map(({ value }) => value);
  if (addresses.some(facts.isTrusted)) return [];
  const questions = facts.questionsOf(device.id);
  const checks = facts.checksOf(device.id);
  const gateway = addresses.find((address) => facts.gateways.includes(address));
  const signals: [weight: number, because: string][] = [];
  if (gateway !== undefined) signals.push([0.35, `${gateway} is the router of this network.`]);
  if (checks.length > CHECKS_OF_ONE)
    signals.push([0.55, `It asks whether it is online as ${listed(checks)} devices do, all at once.`]);
  if (questions >= ENOUGH_QUESTIONS && questions / total >= MOST_OF_ALL)
    signals.push([0.25, `${Math.round((100 * questions) / total)} of 100 questions of the last day came from it.`]);
  const confidence = Math.min(
    1,
    signals.reduce((sum, [weight]) => sum + weight, 0),
  );
  if (confidence < CONVINCING) return [];
  const called = device.name ?? device.suggestedName ?? addresses[0] ?? 'One device';
  const who = gateway === undefined ? called : 'Your router';
  return [
    {
      device: device.id,
      confidence,
      sentence: `${who} asks for several devices, so Quell can't tell them apart: rules and statistics of ${called} are those of all behind it.`,
      because: signals.sort(([a], [b]) => b - a).map(([, because]) => because),
      fixes: routerFixes({ ...facts.household, router: gateway ?? facts.household.router }),
    },
  ];
};

const listed = (words: readonly string[]) => new Intl.ListFormat('en', { type: 'conjunction' }).format(words);
