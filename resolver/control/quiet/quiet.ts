import type { Pack } from '../../../lists/pack/format.ts';
import type { PurposeId } from '../../../lists/purposes.ts';
import type { AttemptBatch } from '../../between/attempt-batch.ts';
import { standsForMany } from '../../between/many-names.ts';
import type { QuietAnswer, WallMs } from '../../policy/model.ts';
import type { Household } from '../settings/household.ts';
import { candidatesFor } from './candidates.ts';
import { type KeptAnswer, KeptAnswers } from './kept-answers.ts';
import { Trials } from './trials.ts';
import { Tries } from './tries.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LOOK_EVERY = 30_000;
/** Phones are updated: what quieted a name once is measured anew. */
const KEPT_FOR = 30 * DAY;
const NEXT_TRY_AFTER = DAY;
/** While somebody looks for what broke, every answer is short again. */
const HUSH = 15 * MINUTE;
const MOST_SUSPECTS = 5_000;
const MOST_TRIALS = 20;
const MOST_KEPT = 1_000;

/** What a way of answering does, or is hoped to do, for one name of a device. */
export interface QuietEffect extends Omit<KeptAnswer, 'after' | 'since' | 'device'> {
  /** Tries per hour since; missing while it is being tried. */
  readonly after?: number;
}

export interface QuietDeps {
  readonly household: Pick<Household, 'get' | 'settings'>;
  readonly packs: readonly Pack[];
  readonly now: () => WallMs;
  /** Where what was found outlives a restart. */
  readonly file: string;
  /** `answers` are different now. */
  readonly changed: () => void;
}

interface Trying {
  readonly device: string;
  readonly domain: string;
  readonly trials: Trials;
}

/**
 * Some apps ask for a blocked name again and again, which costs the phone's battery. Whether they do depends on how
 * they are told no, so the ways of saying it are tried on such a name, and the one that quiets it is kept.
 */
export class Quiet {
  private readonly deps: QuietDeps;
  private readonly file: KeptAnswers;
  private readonly tries = new Tries();
  private readonly suspects = new Map<string, { device: string; domain: string; purpose?: PurposeId }>();
  private readonly trying = new Map<string, Trying>();
  private readonly kept = new Map<string, KeptAnswer>();
  /** When a name that nothing helped, or whose device left, may be tried again. */
  private readonly notBefore = new Map<string, WallMs>();
  private readonly hushed = new Map<string, WallMs>();
  private timer: NodeJS.Timeout | undefined;
  private told: readonly QuietAnswer[] = [];

  constructor(deps: QuietDeps) {
    this.deps = deps;
    this.file = new KeptAnswers(deps.file);
  }

  async start(): Promise<void> {
    for (const answer of await this.file.read()) this.kept.set(keyOf(answer.device, answer.domain), answer);
    this.tell();
    this.timer = setInterval(() => this.look(), LOOK_EVERY).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** How blocked names are answered on devices that would not stop asking. */
  answers(): readonly QuietAnswer[] {
    return this.told;
  }

  /** What was found for a device, and what is being tried on it. */
  effects(device: string): QuietEffect[] {
    const ofDevice = (one: { readonly device: string }) => one.device === device;
    const trying = [...this.trying.values()].filter(ofDevice);
    const kept = [...this.kept.values()].filter(ofDevice);
    return [
      ...kept.map(({ domain, mode, ttl, before, after }) => ({ domain, mode, ttl, before, after })),
      ...trying.map(({ domain, trials }) => ({ domain, ...trials.answer, before: trials.before })),
    ];
  }

  /** Somebody looks for what broke on this device: an allow must be felt at once. */
  hush(device: string): void {
    this.hushed.set(device, this.deps.now() + HUSH);
    for (const [key, trying] of this.trying) if (trying.device === device) this.trying.delete(key);
    this.tell();
  }

  /** @param batch with questions given to the devices that they are of */
  take(batch: AttemptBatch): void {
    const { counts } = batch;
    for (const { device, domain, at, outcome, reason, purpose } of batch.attempts()) {
      if (outcome !== 'blocked' || this.hasOwnMode(reason) || standsForMany(domain)) continue;
      const key = keyOf(device, domain);
      if (!this.tries.add(key, at)) continue;
      this.trying.get(key)?.trials.tried(at);
      if (!this.suspects.has(key) && this.suspects.size < MOST_SUSPECTS)
        this.suspects.set(key, { device, domain, ...(purpose && { purpose }) });
    }
    const now = this.deps.now();
    const asked = new Set(counts.filter(({ total }) => total > 0).map(({ device }) => device));
    for (const { device, trials } of this.trying.values()) if (asked.has(device)) trials.seen(now);
  }

  /** Ends trials whose time has come, and begins new ones. */
  look(): void {
    const now = this.deps.now();
    for (const [key, trying] of this.trying) this.judge(key, trying, now);
    for (const [key, answer] of this.kept) {
      const known = this.deps.household.get('device', answer.device) !== undefined;
      if (!known || answer.since + KEPT_FOR <= now) this.kept.delete(key);
    }
    for (const [device, until] of this.hushed) if (until <= now) this.hushed.delete(device);
    for (const [key, at] of this.notBefore) if (at <= now) this.notBefore.delete(key);
    for (const [key, suspect] of this.suspects) this.consider(key, suspect, now);
    this.suspects.clear();
    this.tell();
  }

  private judge(key: string, { device, domain, trials }: Trying, now: WallMs): void {
    const found = trials.look(now);
    if (found === undefined) return;
    this.trying.delete(key);
    this.tries.forget(key);
    if (typeof found === 'string') {
      this.notBefore.set(key, now + (found === 'it left' ? 0 : NEXT_TRY_AFTER));
      return;
    }
    const { before } = trials;
    this.kept.set(key, { device, domain, ...found.kept, before, after: found.after, since: now });
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value!);
    void this.file.write([...this.kept.values()]);
  }

  private consider(
    key: string,
    { device, domain, purpose }: { device: string; domain: string; purpose?: PurposeId },
    now: WallMs,
  ): void {
    const { household, packs } = this.deps;
    const document = household.get('device', device);
    if (!document || this.hushed.has(device) || this.notBefore.has(key) || this.trying.has(key)) return;
    const settled = this.kept.get(key);
    if (settled && settled.since + NEXT_TRY_AFTER > now) return;
    const before = this.tries.storm(key, now);
    if (before === undefined || this.trying.size >= MOST_TRIALS) return;
    // One at a time: what two phones do at once about one name may be the app's maker, not the answer.
    if ([...this.trying.values()].some((other) => other.domain === domain)) return;
    const missed = document.missed?.some((name) => name.domain === domain) ?? false;
    const { blockMode, blockTtl } = household.settings();
    const candidates = candidatesFor(domain, { packs, purpose, missed }).filter(
      ({ mode, ttl }) => mode !== blockMode || ttl !== blockTtl,
    );
    const [first, ...others] = candidates;
    if (!first) return;
    this.kept.delete(key);
    const ttlBefore = settled?.ttl ?? blockTtl;
    this.trying.set(key, {
      device,
      domain,
      trials: new Trials({ candidates: [first, ...others], before, ttlBefore, now }),
    });
  }

  /** Where somebody chose how to say no, or nobody decided yet, nothing is tried. */
  private hasOwnMode(reason: string): boolean {
    const { household } = this.deps;
    if (household.settings().blockMode === 'sinkhole' || reason === 'hold') return true;
    const [kind, id] = [reason.slice(0, reason.indexOf(':')), reason.slice(reason.indexOf(':') + 1)];
    return (kind === 'rule' || kind === 'list') && household.get(kind, id)?.mode !== undefined;
  }

  private tell(): void {
    const answers = [
      ...this.kept.values(),
      ...Array.from(this.trying.values(), ({ device, domain, trials }) => ({ device, domain, ...trials.answer })),
    ]
      .filter(({ device }) => !this.hushed.has(device))
      .map(({ device, domain, mode, ttl }) => ({ device, domain, mode, ttl }));
    if (JSON.stringify(answers) === JSON.stringify(this.told)) return;
    this.told = answers;
    this.deps.changed();
  }
}

const keyOf = (device: string, domain: string): string => `${device} ${domain}`;
