import type { AnsweringHealth } from '../between/messages.ts';
import type { NoticeFacts } from './api/deps.ts';
import type { RecorderStats } from './record/recorder.ts';

/** A report older than this says that the thread is gone or drowning. */
const FRESH = 5_000;
/** Nobody says when what was wrong is over: it is shown for so long, and stands in the log. */
const SHOWN = 3_600_000;

/** What the answering threads said last about themselves. */
export class AnsweringReports {
  private readonly latest = new Map<number, { health: AnsweringHealth; at: number }>();
  private readonly heard = new Map<string, number>();
  private readonly say: (sentence: string) => void;

  /** @param say told each sentence about something wrong, once */
  constructor(say: (sentence: string) => void) {
    this.say = say;
  }

  take(health: AnsweringHealth): void {
    this.latest.set(health.thread, { health, at: performance.now() });
    for (const sentence of health.notices ?? []) {
      if (this.heard.has(sentence)) continue;
      this.heard.set(sentence, performance.now());
      this.say(sentence);
    }
    const stand = new Set(this.threads.flatMap(({ notices }) => notices ?? []));
    for (const sentence of this.heard.keys()) if (!stand.has(sentence)) this.heard.delete(sentence);
  }

  /** Before the first report nothing is known. */
  get isKnown(): boolean {
    return this.latest.size > 0;
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
    for (const [sentence, at] of this.heard) {
      if (performance.now() - at < SHOWN) notices.push({ id: 'answering', level: 'warning', sentence });
    }
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
