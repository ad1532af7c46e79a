import type { Problem } from './problem.ts';
import { sentenceOf } from './problem.ts';
import type { Done } from './service.ts';

/** Something to tell at the foot of the page; with a `change` it can be taken back from there. */
export interface Notification {
  readonly sentence: string;
  readonly tone: 'done' | 'failed';
  readonly change?: string;
}

declare global {
  interface HTMLElementEventMap {
    'q-notify': CustomEvent<Notification>;
  }
}

export const notify = (host: HTMLElement, detail: Notification): boolean =>
  host.dispatchEvent(new CustomEvent('q-notify', { detail, bubbles: true, composed: true }));

/**
 * Does one change for an element: tells what happened, offers to take it back, and turns a refusal into words.
 * @returns what the service answered, or nothing when it refused
 */
export async function act<Body>(
  host: HTMLElement,
  change: Promise<Done<Body>>,
  sentence: string,
): Promise<Body | undefined> {
  try {
    const { body, change: id } = await change;
    notify(host, { sentence, tone: 'done', change: id });
    return body;
  } catch (error) {
    notify(host, { sentence: sentenceOf(error as Problem), tone: 'failed' });
    return undefined;
  }
}
