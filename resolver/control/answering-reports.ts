import type { AnsweringHealth } from '../between/messages.ts';
import type { NoticeFacts } from './api/deps.ts';
import type { RecorderStats } from './record/recorder.ts';

/** A report older than this says that the thread is gone or drowning. */
const FRESH = 5_000;

/** What the answering threads said last about themselves. */
export class AnsweringReports {
  private readonly latest = new Map<number, { health: AnsweringHealth; at: number }>();

  take(health: AnsweringHealth): void {
    this.latest.set(health.thread, { health, at: performance.now() });
  }

  get isAnswering(): boolean {
    return [...this.latest.values()].some(({ at }) => performance.now() - at < FRESH);
  }

  get threads(): AnsweringHealth[] {
    return [...this.latest.values()].map(({ health }) => health);
  }

  /** What the owner should hear of it, in words. */
  notices(recorded: RecorderStats): NoticeFacts[] {
    const notices: NoticeFacts[] = [];
    const upstreams = this.threads[0]?.upstreams ?? [];
    if (upstreams.length > 0 && upstreams.every(({ healthy }) => !healthy)) {
      notices.push({
        id: 'upstreams-down',
        level: 'error',
        sentence: `No upstream resolver answers${upstreams[0].lastError ? ` (${upstreams[0].lastError})` : ''}; names asked before are still answered.`,
        remedy: 'Check the internet connection, or choose other upstreams in quell.yaml.',
      });
    }
    if (recorded.away) notices.push({ id: 'store-away', level: 'warning', sentence: recorded.away });
    const lost = Object.values(recorded.lost).reduce((sum, count) => sum + count, 0);
    if (lost > 0) {
      notices.push({
        id: 'attempts-lost',
        level: 'warning',
        sentence: `${lost} attempts could not be recorded since the start.`,
      });
    }
    return notices;
  }
}
