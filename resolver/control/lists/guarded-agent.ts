import type { LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { isPublic } from './address-guard.ts';
import { FetchFailed } from './fetch-failed.ts';

interface GuardedAgentDeps {
  readonly lookup: LookupFunction;
  /** Whether this server may be in the household's own network. */
  readonly mayBePrivate: boolean;
  /** Milliseconds. */
  readonly connectTimeout: number;
}

/**
 * Connects to public addresses only. What counts is the address that the socket is connected to: a name may well point
 * into the household's network, or begin to after it was checked.
 */
export function guardedAgent({ lookup, mayBePrivate, connectTimeout }: GuardedAgentDeps): Agent {
  const connector = buildConnector({ lookup, timeout: connectTimeout, autoSelectFamily: true });
  return new Agent({
    connections: 1,
    connect: (options, callback) => {
      connector(options, (...result) => {
        const [error, socket] = result;
        if (error === null && !mayBePrivate && !isPublic(socket.remoteAddress ?? '')) {
          socket.destroy();
          callback(privateAddress(options.hostname), null);
        } else callback(...result);
      });
    },
  });
}

export const privateAddress = (host: string): FetchFailed =>
  new FetchFailed(
    `${host} is in a private network; lists from there are fetched only when the configuration allows it.`,
  );
