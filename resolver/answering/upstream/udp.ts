import type { OpenSocket } from './connected-socket.ts';
import type { Deadlines } from './deadlines.ts';
import { stopped } from './failure.ts';
import { PortPool } from './port-pool.ts';
import type { Randomness } from './randomness.ts';
import { Spelling } from './spelling.ts';
import { UdpExchange, type UdpPath } from './udp-exchange.ts';
import type { Asker, Upstream } from './upstream.ts';

export interface UdpDeps {
  label: string;
  /** IP literal. */
  address: string;
  port: number;
  /** The same server over TCP; stopped with this. */
  tcp: Upstream;
  openSocket: OpenSocket;
  deadlines: Deadlines;
  randomness: Randomness;
  /** Monotonic milliseconds. */
  now: () => number;
}

/** Plain DNS in packets. Anybody can forge these, so ports, ids and spelling are unpredictable (RFC 5452). */
export class UdpUpstream implements Upstream {
  readonly label: string;
  private readonly path: UdpPath;

  constructor({ label, address, port, tcp, openSocket, deadlines, randomness, now }: UdpDeps) {
    this.label = label;
    const ports = new PortPool(openSocket, address, port, randomness);
    this.path = { label, ports, spelling: new Spelling(), tcp, deadlines, randomness, now };
  }

  get mismatches(): number {
    return this.path.ports.mismatches;
  }

  ask(query: Uint8Array, budget: number, asker: Asker): void {
    new UdpExchange(this.path, query, budget, asker).start();
  }

  async stop(): Promise<void> {
    this.path.ports.stop(stopped(this.label));
    await this.path.tcp.stop();
  }
}
