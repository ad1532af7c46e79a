import { attachLists } from './attachments.ts';
import { type CompiledDevice, compileDevice, type DeviceContext } from './compiled-device.ts';
import { HashedName } from './hashed-name.ts';
import { Hits } from './hits.ts';
import { type Asked, levels } from './levels.ts';
import type { Matcher } from './matcher.ts';
import type { DevicePolicy, ListAttachment, PolicySettings, QuietAnswer, Rule, WallMs } from './model.ts';
import { QuietAnswers } from './quiet-answers.ts';
import { type CompileRegex, ScopeRules } from './scope-rules.ts';
import { reason, type Verdict } from './verdict.ts';

/** What policy is made of; the policy snapshot is one. */
export interface PolicyParts {
  readonly version: number;
  readonly settings: PolicySettings;
  readonly devices: readonly DevicePolicy[];
  readonly rules: readonly Rule[];
  readonly lists: readonly ListAttachment[];
  readonly quiet?: readonly QuietAnswer[];
}

const stranger: DevicePolicy = { id: '', groups: [], purposes: {}, recording: 'attempts', undecided: true };

/**
 * One version of the household's word, ready for look-ups. Built aside, then swapped in by one reference.
 * Building stops answers for as long as it takes, so what is one device's alone waits for that device to ask.
 */
export class Policy {
  readonly parts: PolicyParts;
  readonly matcher: Matcher;
  /** For clients that no device is known for. */
  readonly stranger: CompiledDevice;
  readonly asked: Asked;
  private readonly uncompiled: ReadonlyMap<string, DevicePolicy>;
  private readonly compiled = new Map<string, CompiledDevice>();
  private readonly context: DeviceContext;

  /** @param compileRegex is called for regex rules only */
  constructor(parts: PolicyParts, matcher: Matcher, compileRegex: CompileRegex) {
    this.parts = parts;
    this.matcher = matcher;
    const { sourceIds } = matcher;
    const timed = new Map<string, ScopeRules>();
    const own = new Map<string, ScopeRules>();
    const groups = new Map<string, ScopeRules>();
    const everyone = new ScopeRules(compileRegex);
    const ofScope = (scopes: Map<string, ScopeRules>, id: string) => {
      let rules = scopes.get(id);
      if (!rules) scopes.set(id, (rules = new ScopeRules(compileRegex)));
      return rules;
    };
    for (const [number, rule] of parts.rules.entries()) {
      const { kind, id } = rule.scope;
      if (kind === 'everyone') everyone.add(rule, number);
      else if (kind === 'group') ofScope(groups, id).add(rule, number);
      else ofScope(rule.until === undefined ? own : timed, id).add(rule, number);
    }
    const forEveryone = parts.lists.filter((list) => list.scope.kind === 'everyone');
    this.context = {
      settings: parts.settings,
      timed,
      own,
      groups,
      everyone,
      lists: parts.lists.filter((list) => list.scope.kind !== 'everyone'),
      sourceIds,
      common: attachLists(forEveryone, sourceIds),
      clientConditions: matcher.clientConditions,
      quiet: quietByDevice(parts.quiet ?? []),
    };
    this.uncompiled = new Map(parts.devices.map((device) => [device.id, device]));
    this.stranger = compileDevice(stranger, this.context);
    const listModes = sourceIds.map((id) => parts.lists.find((list) => list.id === id)?.mode);
    this.asked = { name: new HashedName(), hits: new Hits(), device: this.stranger, everyone, listModes, now: 0 };
  }

  device(id: string | undefined): CompiledDevice {
    if (id === undefined) return this.stranger;
    const known = this.compiled.get(id);
    if (known) return known;
    const device = this.uncompiled.get(id) ?? this.met(id);
    if (!device) return this.stranger;
    const compiled = compileDevice(device, this.context);
    this.compiled.set(id, compiled);
    return compiled;
  }

  /** A device that was met a moment ago: it may have a rule before it has a document. */
  private met(id: string): DevicePolicy | undefined {
    const { own, timed } = this.context;
    return own.has(id) || timed.has(id) ? { ...stranger, id } : undefined;
  }

  /** Decides one question. Costs no object. */
  decide(name: HashedName, qtype: number, device: CompiledDevice, now: WallMs, verdict: Verdict): void {
    const { asked } = this;
    asked.name = name;
    asked.device = device;
    asked.now = now;
    this.matcher.find(name, qtype, device.heldConditions, asked.hits);
    verdict.clear();
    verdict.purpose = asked.hits.purpose;
    for (let i = 0; i < device.levels.length; i++) {
      const level = device.levels[i];
      if (levels[level].speak(asked, verdict)) {
        verdict.level = level;
        if (verdict.blocked && verdict.mode === undefined) device.quiet?.apply(name, verdict);
        if (verdict.blocked && verdict.endsAt > 0) this.endInTime(verdict, now);
        return;
      }
    }
    if (asked.hits.purpose >= 0) verdict.say(false, reason.tentative, asked.hits.pack);
  }

  private endInTime(verdict: Verdict, now: WallMs): void {
    const ttl = verdict.ttl >= 0 ? verdict.ttl : this.parts.settings.blockTtl;
    verdict.ttl = Math.min(ttl, verdict.secondsLeft(now));
  }
}

const quietByDevice = (answers: readonly QuietAnswer[]): ReadonlyMap<string, QuietAnswers> =>
  new Map(
    Array.from(
      Map.groupBy(answers, ({ device }) => device),
      ([device, own]) => [device, new QuietAnswers(own)],
    ),
  );
