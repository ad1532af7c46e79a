import { RuleSet } from '../../lists/rule-set/rule-set.ts';
import type { ToAnswering, ToControl } from '../between/messages.ts';
import { changed, type PolicyChange } from '../between/policy-change.ts';
import type { PolicySnapshot } from '../between/policy-snapshot.ts';
import { regexFor } from '../policy/linear-regex.ts';
import { Matcher } from '../policy/matcher.ts';
import { Policy } from '../policy/policy.ts';

interface InForceDeps {
  readonly thread: number;
  readonly snapshot: PolicySnapshot;
  readonly policy: Policy;
  /** From the next question on. */
  readonly use: (policy: Policy) => void;
  readonly send: (message: ToControl) => void;
}

/** The policy and the rule-set that questions are decided by. Control hears when what it sent has taken their place. */
export class InForce {
  private readonly deps: InForceDeps;
  private snapshot: PolicySnapshot;
  private matcher: Matcher;

  constructor(deps: InForceDeps) {
    this.deps = deps;
    this.snapshot = deps.snapshot;
    this.matcher = deps.policy.matcher;
  }

  get version(): number {
    return this.snapshot.version;
  }

  /** At once, except for rules that need an expression engine loaded. */
  async usePolicy(snapshot: PolicySnapshot): Promise<void> {
    const { thread, use, send } = this.deps;
    this.snapshot = snapshot;
    const regex = await regexFor(snapshot.rules, this.matcher.ruleSet.meta);
    // A newer one may have come while the engine was loading.
    if (snapshot === this.snapshot) use(new Policy(snapshot, this.matcher, regex));
    send({ kind: 'in-force', thread, version: snapshot.version });
  }

  changePolicy(change: PolicyChange): void {
    // Of a snapshot that never came: everything is asked for again.
    if (change.since !== this.snapshot.version) this.deps.send({ kind: 'hello' });
    else void this.usePolicy(changed(this.snapshot, change));
  }

  async useRules({ buffer, number }: Extract<ToAnswering, { kind: 'rules' }>): Promise<void> {
    const { thread, use, send } = this.deps;
    const ruleSet = RuleSet.open(buffer, { verify: false });
    const regex = await regexFor(this.snapshot.rules, ruleSet.meta);
    this.matcher = new Matcher(ruleSet, regex);
    use(new Policy(this.snapshot, this.matcher, regex));
    send({ kind: 'rules-in-force', thread, number });
  }
}
