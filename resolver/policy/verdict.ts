import type { BlockMode, WallMs } from './model.ts';

/** Which kind of reason decided; with a number it names the rule, purpose or source. */
export const reason = { none: 0, pause: 1, rule: 2, purpose: 3, list: 4, watch: 5, tentative: 6, hold: 7 } as const;

/** What policy says of one question. Filled anew each time: read it before the next question. */
export class Verdict {
  blocked = false;
  /** One of `reason`. */
  kind: number = reason.none;
  /** Position of the rule in the snapshot, of the purpose in `purposes`, or of the source in the rule-set. */
  number = -1;
  /** Position in `purposes` of what the name is for, -1 when no pack knows it. */
  purpose = -1;
  mode: BlockMode | undefined;
  /** Seconds that a blocked answer is good for; -1: as long as the household's usually are. */
  ttl = -1;
  /** When what spoke ends by itself; 0: not. */
  endsAt: WallMs = 0;
  /** Level of precedence that spoke, as `levels` numbers them; -1: none did. */
  level = -1;

  /** Whether a pack, a list or a rule says anything of the name: then it is an attempt. */
  get matched(): boolean {
    return this.kind !== reason.none;
  }

  /**
   * Whether it belongs in the record. A device that waits for a decision has everything blocked; what it asks
   * beside telemetry is still nobody's business.
   */
  get isAttempt(): boolean {
    return this.matched && !(this.kind === reason.hold && this.number < 0);
  }

  /** Seconds at `now` that an answer by it may be good for; at least one. Only where it ends. */
  secondsLeft(now: WallMs): number {
    return Math.max(1, Math.ceil((this.endsAt - now) / 1000));
  }

  say(blocked: boolean, kind: number, number: number, mode?: BlockMode): true {
    this.blocked = blocked;
    this.kind = kind;
    this.number = number;
    this.mode = mode;
    return true;
  }

  clear(): void {
    this.blocked = false;
    this.kind = reason.none;
    this.number = this.purpose = this.ttl = this.level = -1;
    this.endsAt = 0;
    this.mode = undefined;
  }
}
