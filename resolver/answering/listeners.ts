import { Encrypted, type EncryptedDeps, type EncryptedOptions } from './encrypted.ts';
import type { ListenAddress, Listener, ListenerDeps } from './listen/carrier.ts';
import { ListenFailed } from './listen/listen-failed.ts';
import { openUdp } from './listen/open-udp.ts';
import { Tcp } from './listen/tcp.ts';

/** Where questions are taken. */
export interface Bound {
  readonly dns: readonly ListenAddress[];
  readonly tls: readonly ListenAddress[];
  readonly https: readonly ListenAddress[];
}

export interface ListenersDeps extends Pick<EncryptedDeps, 'designate' | 'say'> {
  readonly listener: Omit<ListenerDeps, 'at'>;
  readonly at: readonly ListenAddress[];
  readonly encrypted: EncryptedOptions | undefined;
}

/** Every way in: plain ones, without which there is no start, and encrypted ones beside them. */
export class Listeners {
  private readonly deps: ListenersDeps;
  private dns: ListenAddress[];
  private plain: Listener[] = [];
  private encrypted: Encrypted | undefined;

  constructor(deps: ListenersDeps) {
    this.deps = deps;
    this.dns = [...deps.at];
  }

  get bound(): Bound {
    return { dns: this.dns, ...(this.encrypted?.bound ?? { tls: [], https: [] }) };
  }

  /** @throws ListenFailed */
  async start(): Promise<void> {
    await this.openPlain();
    const { encrypted: options, listener, designate, say } = this.deps;
    if (!options) return;
    this.encrypted = new Encrypted({ options, listener, designate, say });
    await this.encrypted.start();
  }

  /** Closes the plain listeners and opens them again where they were. @throws ListenFailed */
  async reopen(): Promise<void> {
    await this.closePlain();
    await this.openPlain();
  }

  async stop(): Promise<void> {
    await Promise.all([this.closePlain(), this.encrypted?.stop()]);
  }

  private async openPlain(): Promise<void> {
    const { listener, say } = this.deps;
    this.dns = await withoutMissingFamily(this.dns, say, async (at) => {
      const udp = await openUdp({ ...listener, at, notice: say });
      const bound = await udp.start();
      this.plain.push(udp);
      return bound;
    });
    const tcp = new Tcp({ ...listener, at: this.dns });
    this.plain.push(tcp);
    await tcp.start();
  }

  private async closePlain(): Promise<void> {
    await Promise.all(this.plain.splice(0).map((listener) => listener.stop()));
  }
}

const missing = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);
const everywhere = ['0.0.0.0', '::'];

/**
 * Listens on every address. Who wants all of this machine's addresses wants those that it has: a family without any
 * is left out; an address that was named is not.
 */
async function withoutMissingFamily(
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
