import { BatchPort } from './batch-port.ts';
import type { ListenAddress, Listener, ListenerDeps } from './carrier.ts';
import { openDatagramSocket } from './datagram-socket.ts';
import type { UdpCounts } from './datagrams.ts';
import type { Libc } from './libc.ts';

/**
 * UDP by `recvmmsg` and `sendmmsg`: two system calls for up to 64 questions. Replies leave from the address that was
 * asked, also on wildcard addresses.
 */
export class BatchUdp implements Listener {
  private readonly deps: ListenerDeps;
  private readonly libc: Libc;
  private ports: BatchPort[] = [];

  constructor(deps: ListenerDeps, libc: Libc) {
    this.deps = deps;
    this.libc = libc;
  }

  get counts(): UdpCounts {
    const sum: UdpCounts = { received: 0, answered: 0, unsendable: 0, oversized: 0 };
    for (const { counts } of this.ports) {
      sum.received += counts.received;
      sum.answered += counts.answered;
      sum.unsendable += counts.unsendable;
      sum.oversized += counts.oversized;
    }
    return sum;
  }

  async start(): Promise<ListenAddress[]> {
    const bound: ListenAddress[] = [];
    try {
      for (const address of this.deps.at) {
        const socket = openDatagramSocket(this.libc, address, this.deps.reusePort ?? false);
        this.ports.push(new BatchPort({ ...this.deps, libc: this.libc, socket }));
        bound.push({ host: address.host, port: socket.port });
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
    for (const port of this.ports) port.start();
    return bound;
  }

  async stop(): Promise<void> {
    for (const port of this.ports) port.stop();
  }
}
