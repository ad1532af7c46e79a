import type { AttemptRow } from '../store/store.ts';

/** Milliseconds within which questions for one name belong together: A, AAAA and HTTPS, and the tries after them. */
const TOGETHER = 10_000;

/** How often a device wanted something, however many questions it took each time. Rows of one device, newest first. */
export async function countIntents(rows: AsyncIterable<Pick<AttemptRow, 'at' | 'domain'>>): Promise<number> {
  const latest = new Map<string, number>();
  let intents = 0;
  for await (const { at, domain } of rows) {
    const later = latest.get(domain);
    if (later === undefined || later - at > TOGETHER) intents++;
    latest.set(domain, at);
  }
  return intents;
}
