import { RuleSet } from '../../lists/rule-set/rule-set.ts';
import type { PolicySnapshot } from '../between/policy-snapshot.ts';
import { type Explanation, explain } from '../policy/explain.ts';
import { regexFor } from '../policy/linear-regex.ts';
import { Matcher } from '../policy/matcher.ts';
import type { WallMs } from '../policy/model.ts';
import { Policy } from '../policy/policy.ts';
import { type } from '../wire/header.ts';

/** The policy as answering has it, for people's questions: built when somebody asks, kept until something changes. */
export class CurrentPolicy {
  private readonly snapshot: (at?: WallMs) => PolicySnapshot;
  private rules: SharedArrayBuffer | undefined;
  private matcher: Matcher | undefined;
  private policy: Policy | undefined;

  /** @param snapshot of the present or, given a time that it was not in force at yet, of then */
  constructor(snapshot: (at?: WallMs) => PolicySnapshot) {
    this.snapshot = snapshot;
  }

  useRules(buffer: SharedArrayBuffer): void {
    this.rules = buffer;
    this.matcher = this.policy = undefined;
  }

  changed(): void {
    this.policy = undefined;
  }

  /**
   * @param past the household's decisions as they stood at `at`, with the packs and lists of now
   * @throws NotRemembered
   */
  async explain(
    device: string,
    name: string,
    qtype: number,
    at: WallMs,
    past = false,
  ): Promise<Explanation | undefined> {
    const policy = past ? await this.compile(this.snapshot(at)) : await this.present();
    return explain(policy, device, name, qtype, at);
  }

  /** Ids of the packs and lists that hold a name, whether they decide about it or not. */
  async namedBy(name: string): Promise<readonly string[]> {
    return explain(await this.present(), undefined, name, type.A, 0)?.namedBy ?? [];
  }

  async present(): Promise<Policy> {
    this.policy ??= await this.compile(this.snapshot());
    return this.policy;
  }

  /** A policy of other parts on the same rule-set. */
  async compile(snapshot: PolicySnapshot): Promise<Policy> {
    if (!this.rules) throw new Error('The lists are not compiled yet; try again in a moment.');
    const ruleSet = this.matcher?.ruleSet ?? RuleSet.open(this.rules, { verify: false });
    const regex = await regexFor(snapshot.rules, ruleSet.meta);
    this.matcher ??= new Matcher(ruleSet, regex);
    return new Policy(snapshot, this.matcher, regex);
  }
}
