import type { Listener, ListenerDeps } from './carrier.ts';
import type { UdpCounts } from './datagrams.ts';
import { openLibc } from './libc.ts';
import { BatchUdp } from './udp-batch.ts';
import { DgramUdp } from './udp-dgram.ts';

export interface Udp extends Listener {
  readonly counts: UdpCounts;
}

export interface UdpDeps extends ListenerDeps {
  /** Told, in a sentence, when the slower way is taken. */
  notice?: (sentence: string) => void;
}

/** UDP by batch sockets where there are any, by `node:dgram` elsewhere; not started yet. */
export async function openUdp(deps: UdpDeps): Promise<Udp> {
  try {
    return new BatchUdp(deps, await openLibc());
  } catch (error) {
    deps.notice?.(`UDP is answered without batch sockets, at twice the cost, because ${(error as Error).message}.`);
    return new DgramUdp(deps);
  }
}
