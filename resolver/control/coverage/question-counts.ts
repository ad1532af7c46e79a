import type { WallMs } from '../../policy/model.ts';

const HOUR = 3_600_000;
const HOURS = 24;

/** How many questions each device asked within the last day, to the hour. In memory: a restart begins anew. */
export class QuestionCounts {
  private readonly byHour = new Map<number, Map<string, number>>();

  add(device: string, questions: number, at: WallMs): void {
    const hour = Math.floor(at / HOUR);
    const counts = this.byHour.get(hour) ?? new Map<string, number>();
    this.byHour.set(hour, counts);
    counts.set(device, (counts.get(device) ?? 0) + questions);
    for (const known of this.byHour.keys()) if (known <= hour - HOURS) this.byHour.delete(known);
  }

  ofLastDay(device: string, now: WallMs): number {
    let questions = 0;
    for (const [hour, counts] of this.byHour)
      if (hour > Math.floor(now / HOUR) - HOURS) questions += counts.get(device) ?? 0;
    return questions;
  }

  forget(device: string): void {
    for (const counts of this.byHour.values()) counts.delete(device);
  }
}
