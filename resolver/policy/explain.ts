import { purposes } from '../../lists/purposes.ts';
import { HashedName } from './hashed-name.ts';
import { levels } from './levels.ts';
import type { BlockMode, WallMs } from './model.ts';
import type { Policy } from './policy.ts';
import { reasonText } from './reason-text.ts';
import { reason, Verdict } from './verdict.ts';

export interface ExplainedStep {
  readonly level: string;
  readonly title: string;
  readonly spoke: boolean;
  /** What it says, or would have said had nothing above it spoken. */
  readonly says?: 'allow' | 'block';
  readonly reason?: string;
  readonly detail?: string;
}

export interface Explanation {
  readonly name: string;
  readonly verdict: { readonly action: 'allow' | 'block'; readonly reason?: string; readonly purpose?: string };
  /** How a blocked question is answered. */
  readonly mode?: BlockMode;
  readonly steps: readonly ExplainedStep[];
  /** Packs and lists that name it, whether they decide or not. */
  readonly namedBy: readonly string[];
}

/** The chain of precedence for one question, every level asked, the first that speaks marked. Undefined: no name. */
export function explain(
  policy: Policy,
  deviceId: string | undefined,
  domain: string,
  qtype: number,
  now: WallMs,
): Explanation | undefined {
  const name = new HashedName();
  if (!name.readText(domain)) return undefined;
  const verdict = new Verdict();
  const device = policy.device(deviceId);
  policy.decide(name, qtype, device, now, verdict);
  const { asked } = policy;
  const steps = levels.map((level, number): ExplainedStep => {
    const says = new Verdict();
    const speaks = level.speak(asked, says);
    return {
      level: level.id,
      title: level.title,
      spoke: number === verdict.level,
      ...(speaks && {
        says: says.blocked ? 'block' : 'allow',
        reason: reasonText(policy, says.kind, says.number),
        detail: detail(policy, says),
      }),
    };
  });
  const { hits } = asked;
  const named = new Set<string>();
  if (hits.pack >= 0) named.add(hits.sourceId(hits.pack));
  for (let i = 0; i < hits.listCount; i++) named.add(hits.sourceId(hits.lists[i]));
  return {
    name: name.name.toText(),
    verdict: {
      action: verdict.blocked ? 'block' : 'allow',
      ...(verdict.matched && { reason: reasonText(policy, verdict.kind, verdict.number) }),
      ...(verdict.purpose >= 0 && { purpose: purposes[verdict.purpose].id }),
    },
    ...(verdict.blocked && { mode: verdict.mode ?? policy.parts.settings.blockMode }),
    steps,
    namedBy: [...named],
  };
}

function detail(policy: Policy, says: Verdict): string | undefined {
  if (says.kind === reason.rule) {
    const { target, comment } = policy.parts.rules[says.number];
    return comment ?? (target.value === undefined ? target.kind : `${target.kind} ${target.value}`);
  }
  if (says.kind === reason.hold) return 'Until somebody names it or chooses for it, only online checks pass.';
  if (says.kind === reason.purpose) return purposes[says.number].sentence;
  return undefined;
}
