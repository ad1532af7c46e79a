import { getHeapStatistics } from 'node:v8';

/** Of the heap that this thread may have. Past its limit V8 may end the whole process, answering included. */
const TOO_MUCH = 0.85;

/**
 * Says every second that control lives. A heap that nears its limit ends the thread in time: it is started again
 * with an empty one, and what it had not stored is sent to it again.
 *
 * @returns ends it
 */
export function stayAlive(deps: { say: () => void; giveUp: (sentence: string) => void }): () => void {
  const look = () => {
    deps.say();
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    if (used > TOO_MUCH * limit) deps.giveUp(`Control takes ${Math.round(used / 1e6)} MB of memory; it begins anew.`);
  };
  look();
  const timer = setInterval(look, 1000);
  return () => clearInterval(timer);
}
