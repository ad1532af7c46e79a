import { createRoute } from '@hono/zod-openapi';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { Attempt as Recorded } from '../../../between/attempt-batch.ts';
import { FormerIds } from '../../former-ids.ts';
import type { Live, LiveAttempt } from '../../record/live.ts';
import { resource } from '../api-env.ts';
import { callerOf, may } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { presentAttempt } from '../present/attempt.ts';
import { Problem } from '../problem.ts';
import { Attempt, StreamQuery } from '../schemas/record.ts';
import { visibleDevice } from './attempts.ts';

/** Routers and proxies drop what is silent for a minute. */
const PING_EVERY = 20_000;
/** A page that reads slower than this is let go; it comes back and says what it saw last. */
const MOST_WAITING = 2000;
const MOST_STREAMS = 200;

const stream = createRoute({
  method: 'get',
  path: '/stream',
  request: { query: StreamQuery },
  responses: {
    200: {
      description:
        'Server-sent events named `attempt`, resumable by `Last-Event-ID`; `gap` says that some were missed.',
      content: { 'text/event-stream': { schema: Attempt } },
    },
  },
});

export const attemptStreamRoutes = (deps: ApiDeps & Required<Pick<ApiDeps, 'live'>>) => {
  const formerIds = new FormerIds(deps.household);
  let open = 0;
  return resource().openapi(stream, (c) => {
    const query = c.req.valid('query');
    const device = visibleDevice(c, query.device && formerIds.today(query.device));
    const matches = filterOf({ ...query, device }, formerIds);
    if (open >= MOST_STREAMS)
      throw new Problem(503, 'Too many pages follow the attempts live; close some of them.', { retryAfter: 60 });
    open++;
    c.header('X-Accel-Buffering', 'no');
    const since = c.req.header('last-event-id');
    const mayGoOn = () => {
      const caller = callerOf(c, deps);
      return device === undefined ? may.read(caller) : may.readDevice(caller, formerIds.today(device));
    };
    return streamSSE(c, async (sse) => {
      try {
        await follow(sse, { live: deps.live, formerIds, since, matches, mayGoOn });
      } finally {
        open--;
      }
    });
  });
};

interface Following {
  readonly live: Pick<Live, 'subscribe'>;
  readonly formerIds: FormerIds;
  readonly since: string | undefined;
  readonly matches: (attempt: Recorded) => boolean;
  /** Asked at each ping, because log-outs and revoked tokens end streams too. */
  readonly mayGoOn: () => boolean;
}

async function follow(sse: SSEStreamingApi, { live, formerIds, since, matches, mayGoOn }: Following): Promise<void> {
  const waiting: LiveAttempt[] = [];
  let wake = () => {};
  const subscription = live.subscribe((event) => {
    if (waiting.length < MOST_WAITING + 1) waiting.push(event);
    wake();
  }, since);
  sse.onAbort(() => wake());
  const ping = setInterval(() => wake(), PING_EVERY);
  try {
    // The first bytes tell the page that it is connected.
    await sse.write(': following\n\n');
    if (!subscription.resumed) await sse.writeSSE({ event: 'gap', data: 'Attempts were missed; read the log again.' });
    while (!sse.aborted && waiting.length <= MOST_WAITING) {
      if (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (waiting.length === 0 && !sse.aborted) {
          if (!callerMayGoOn(mayGoOn)) return;
          await sse.write(': still here\n\n');
        }
        continue;
      }
      for (const { id, attempt } of waiting.splice(0)) {
        if (!matches(attempt)) continue;
        const shown = presentAttempt({ ...attempt, device: formerIds.today(attempt.device), count: 1 });
        await sse.writeSSE({ event: 'attempt', id, data: JSON.stringify(shown) });
      }
    }
  } finally {
    clearInterval(ping);
    subscription.stop();
  }
}

function callerMayGoOn(mayGoOn: () => boolean): boolean {
  try {
    return mayGoOn();
  } catch {
    return false;
  }
}

interface Filter {
  readonly device?: string;
  readonly purpose?: string;
  readonly outcome?: string;
  readonly domain?: string;
}

/** A device is followed through all ids that it had and will have. */
function filterOf({ device, purpose, outcome, domain }: Filter, formerIds: FormerIds): (attempt: Recorded) => boolean {
  const below = domain?.startsWith('*.') ? domain.slice(1) : undefined;
  return (attempt) =>
    (device === undefined || formerIds.today(attempt.device) === formerIds.today(device)) &&
    (purpose === undefined || attempt.purpose === purpose) &&
    (outcome === undefined || attempt.outcome === outcome) &&
    (domain === undefined ||
      attempt.domain === domain ||
      (below !== undefined && (attempt.domain.endsWith(below) || attempt.domain === below.slice(1))));
}
