import { setTimeout as wait } from 'node:timers/promises';
import { Encrypted, type EncryptedDeps, type EncryptedOptions } from './encrypted.ts';
import type { ListenAddress, Listener, ListenerDeps } from './listen/carrier.ts';
import { ListenFailed } from './listen/listen-failed.ts';
import { openUdp } from './listen/open-udp.ts';
import { Tcp } from './listen/tcp.ts';
import { withoutMissingFamily } from './listen/without-missing-family.ts';

const REOPEN_TRIES = 30;
/** Milliseconds. */
const REOPEN_PAUSE = 100;

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

  /** Closes the plain listeners and opens them again where they were. @throws ListenFailed when that fails for seconds */
  async reopen(): Promise<void> {
    await this.closePlain();
    for (let tries = 1; ; tries++) {
      try {
        return await this.openPlain();
      } catch (error) {
        // Somebody may have had the port in between, for a question of their own.
        if (tries === REOPEN_TRIES) throw error;
        await wait(REOPEN_PAUSE);
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.closePlain(), this.encrypted?.stop()]);
  }

  /** A port that the system gave for UDP may be taken for TCP; then it is asked for another. */
  private async openPlain(tries = 5): Promise<void> {
    const wanted = this.dns;
    try {
      await this.openBoth();
    } catch (error) {
      await this.closePlain();
      this.dns = wanted;
      const isTaken = error instanceof ListenFailed && error.code === 'EADDRINUSE';
      if (!isTaken || tries === 1 || wanted.every(({ port }) => port !== 0)) throw error;
      await this.openPlain(tries - 1);
    }
  }

  private async openBoth(): Promise<void> {
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
