import type { OpenSocket } from './connected-socket.ts';
import { Port, type PortEvents } from './port.ts';
import type { Randomness } from './randomness.ts';

/** Ports in use at once: six bits for a forger to guess beside the port numbers themselves. */
const PORTS = 64;
/** Open ports can be probed for from outside, so none lives long. */
const MAX_USES = 256;
const MAX_AGE = 60_000;
/** Wrong packets after which somebody may know the port. */
const MAX_MISMATCHES = 16;

/**
 * Ports towards one upstream, each question on one taken at random (RFC 5452 section 9.2). Questions of one turn of the
 * event loop leave together, from one port: for each of them it is as hard to guess.
 */
export class PortPool implements PortEvents {
  mismatches = 0;
  /** Answers that were good, ever. */
  answers = 0;
  private readonly openSocket: OpenSocket;
  private readonly address: string;
  private readonly port: number;
  private readonly randomness: Randomness;
  private readonly slots: (Port | undefined)[] = new Array(PORTS).fill(undefined);
  private readonly open = new Set<Port>();
  private latest: Port | undefined;

  constructor(openSocket: OpenSocket, address: string, port: number, randomness: Randomness) {
    this.openSocket = openSocket;
    this.address = address;
    this.port = port;
    this.randomness = randomness;
  }

  take(now: number): Port {
    if (this.latest?.isLoading && this.latest.uses < MAX_USES) return this.latest;
    return (this.latest = this.draw(now));
  }

  /** Leaves all ports: sockets keep the address this machine had when they were connected, and it may have changed. */
  renew(): void {
    for (const port of this.slots) port?.retire();
    this.slots.fill(undefined);
  }

  unexpected(): void {
    this.mismatches++;
  }

  broken(port: Port): void {
    const slot = this.slots.indexOf(port);
    if (slot >= 0) this.slots[slot] = undefined;
  }

  closed(port: Port): void {
    this.open.delete(port);
  }

  stop(reason: Error): void {
    this.slots.fill(undefined);
    for (const port of [...this.open]) port.stop(reason);
  }

  private draw(now: number): Port {
    const slot = this.randomness.uint32() % PORTS;
    const port = this.slots[slot];
    if (port && port.uses < MAX_USES && port.mismatches < MAX_MISMATCHES && now - port.openedAt < MAX_AGE) return port;
    port?.retire();
    const fresh = new Port(this.openSocket, this.address, this.port, this, now);
    if (!fresh.connected) {
      this.slots[slot] = undefined;
      // Out of file descriptors, perhaps: an older port is less safe, and better than no answer.
      for (const other of this.open) if (other.connected) return other;
    }
    this.slots[slot] = fresh;
    this.open.add(fresh);
    return fresh;
  }
}
