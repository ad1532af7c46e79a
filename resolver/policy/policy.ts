import { attachLists, type CompiledDevice, compileDevice, type DeviceContext } from './compiled-device.ts';
import { HashedName } from './hashed-name.ts';
import { Hits } from './hits.ts';
import { type Asked, levels } from './levels.ts';
import type { Matcher } from './matcher.ts';
import type { DevicePolicy, ListAttachment, PolicySettings, Rule, WallMs } from './model.ts';
import { CompiledRule, type CompileRegex, ScopeRules } from './scope-rules.ts';
import { reason, type Verdict } from './verdict.ts';

/** What policy is made of; the policy snapshot is one. */
export interface PolicyParts {
  readonly version: number;
  readonly settings: PolicySettings;
  readonly devices: readonly DevicePolicy[];
  readonly rules: readonly Rule[];
  readonly lists: readonly ListAttachment[];
}

/** One version of the household's word, ready for look-ups. Built aside, then swapped in by one reference. */
export class Policy {
  readonly parts: PolicyParts;
  readonly matcher: Matcher;
  /** For clients that no device is known for. */
  readonly stranger: CompiledDevice;
  readonly asked: Asked;
  private readonly devices = new Map<string, CompiledDevice>();

  /** @param compileRegex is called for regex rules only */
  constructor(parts: PolicyParts, matcher: Matcher, compileRegex: CompileRegex) {
    this.parts = parts;
    this.matcher = matcher;
    const { sourceIds } = matcher;
    const timed = new Map<string, ScopeRules>();
    const own = new Map<string, ScopeRules>();
    const groups = new Map<string, ScopeRules>();
    const everyone = new Map<string, ScopeRules>();
    for (const [number, rule] of parts.rules.entries()) {
      const { scope } = rule;
      const ofDevice = rule.until === undefined ? own : timed;
      const scoped = scope.kind === 'device' ? ofDevice : scope.kind === 'group' ? groups : everyone;
      const id = scope.id ?? '';
      if (!scoped.has(id)) scoped.set(id, new ScopeRules());
      scoped.get(id)?.add(new CompiledRule(rule, number), compileRegex);
    }
    const forEveryone = parts.lists.filter((list) => list.scope.kind === 'everyone');
    const context: DeviceContext = {
      defaultPreset: parts.settings.defaultPreset,
      timed,
      own,
      groups,
      lists: parts.lists.filter((list) => list.scope.kind !== 'everyone'),
      sourceIds,
      common: attachLists(forEveryone, sourceIds),
      clientConditions: matcher.clientConditions,
    };
    for (const device of parts.devices) this.devices.set(device.id, compileDevice(device, context));
    this.stranger = compileDevice({ id: '', groups: [], purposes: {}, recording: 'attempts' }, context);
    const listModes = sourceIds.map((id) => parts.lists.find((list) => list.id === id)?.mode);
    this.asked = {
      name: new HashedName(),
      hits: new Hits(),
      device: this.stranger,
      everyone: everyone.get(''),
      listModes,
      now: 0,
    };
  }

  device(id: string | undefined): CompiledDevice {
    return (id !== undefined && this.devices.get(id)) || this.stranger;
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
    for (let level = 0; level < levels.length; level++) {
      if (levels[level].speak(asked, verdict)) {
        verdict.level = level;
        return;
      }
    }
    if (asked.hits.purpose >= 0) verdict.say(false, reason.tentative, asked.hits.pack);
  }
}
