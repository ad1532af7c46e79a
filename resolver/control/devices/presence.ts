import type { WallMs } from '../../policy/model.ts';

export interface Presence {
  /** When a question of it last reached us. */
  readonly askedAt?: WallMs;
  /** When the network last proved that it is there, whether it asks or not. */
  readonly confirmedAt?: WallMs;
  /** First proof since it last asked; a single one says little, the time between the two says more. */
  readonly silentSince?: WallMs;
}

const newer = (a: WallMs | undefined, b: WallMs | undefined) => (a === undefined || (b ?? 0) > a ? b : a);

/** Who is there and who asks. In memory only: after a restart it takes its time to know again. */
export class Presences {
  private readonly byDevice = new Map<string, Presence>();

  of(id: string): Presence {
    return this.byDevice.get(id) ?? {};
  }

  asked(id: string, at: WallMs): void {
    const before = this.of(id);
    const silentSince = (before.silentSince ?? 0) > at ? before.silentSince : undefined;
    this.byDevice.set(id, { ...before, askedAt: newer(before.askedAt, at), silentSince });
  }

  confirmed(id: string, at: WallMs): void {
    const before = this.of(id);
    this.byDevice.set(id, {
      ...before,
      confirmedAt: newer(before.confirmedAt, at),
      silentSince: before.silentSince ?? at,
    });
  }

  merge(from: string, into: string): void {
    const [a, b] = [this.of(from), this.of(into)];
    this.byDevice.delete(from);
    if (a.confirmedAt !== undefined) this.confirmed(into, a.confirmedAt);
    if (a.askedAt !== undefined) this.asked(into, Math.max(a.askedAt, b.askedAt ?? 0));
  }

  forget(id: string): void {
    this.byDevice.delete(id);
  }
}
