import type { ListenAddress } from './carrier.ts';
import { ListenFailed } from './listen-failed.ts';

const missing = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);
const everywhere = ['0.0.0.0', '::'];

/**
 * Listens on every address. Who wants all of this machine's addresses wants those that it has: a family without any
 * is left out; an address that was named is not.
 */
export async function withoutMissingFamily(
  at: ListenAddress[],
  say: (sentence: string) => void,
  open: (at: ListenAddress[]) => Promise<ListenAddress[]>,
): Promise<ListenAddress[]> {
  try {
    return await open(at);
  } catch (error) {
    if (!(error instanceof ListenFailed) || !missing.has(error.code)) throw error;
    const { host, port } = error.address;
    const others = at.filter((other) => other.host !== host || other.port !== port);
    const isWhole = everywhere.every((all) => at.some((one) => one.host === all && one.port === port));
    if (!everywhere.includes(host) || !isWhole) throw error;
    say(`This machine has no ${host === '::' ? 'IPv6' : 'IPv4'}, so port ${port} is answered without it.`);
    return withoutMissingFamily(others, say, open);
  }
}
