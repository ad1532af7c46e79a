import type { WallMs } from '../../../policy/model.ts';

export const hourMs = 3_600_000;

/** Whole hours since 1970: the unit that the record is kept, rolled up and dropped in. */
export const hourOf = (at: WallMs): number => Math.floor(at / hourMs);

export const dayOf = (hour: number): number => Math.floor(hour / 24);
