import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import type { WallMs } from '../../../policy/model.ts';
import { canonicalAddress } from '../address.ts';
import type { Report, Source, SourceState } from '../sighting.ts';
import { parseMdns } from './mdns-names.ts';

export interface MdnsDeps {
  readonly now: () => WallMs;
}

const GROUP = '224.0.0.251';
const PORT = 5353;
/** Everybody on the network can send as much as they like. */
const MOST_PER_SECOND = 200;

/** Listens to what devices announce about themselves; never asks. All of it is a device's own word, so it is only suggested. */
export class Mdns implements Source {
  readonly name = 'mdns';
  private readonly deps: MdnsDeps;
  private socket: Socket | undefined;
  private problem: string | undefined;
  private second = { at: 0, count: 0 };

  constructor(deps: MdnsDeps) {
    this.deps = deps;
  }

  async start(report: Report): Promise<void> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    this.socket = socket;
    socket.on('message', (message, from) => this.read(message, from.address, report));
    await new Promise<void>((resolve) => {
      socket.once('error', (error: NodeJS.ErrnoException) => {
        this.problem = `Cannot hear what devices announce (${error.code}); another program holds port ${PORT}.`;
        socket.close();
        this.socket = undefined;
        resolve();
      });
      socket.bind(PORT, () => {
        socket.removeAllListeners('error');
        socket.on('error', () => {});
        for (const address of ownIPv4()) this.join(socket, address);
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    const { socket } = this;
    this.socket = undefined;
    if (socket) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  state(): SourceState {
    return this.socket
      ? { working: true, sentence: 'Hears what devices announce about themselves.' }
      : { working: false, sentence: this.problem ?? 'Is not started.' };
  }

  private join(socket: Socket, address: string): void {
    try {
      socket.addMembership(GROUP, address);
    } catch {
      // An interface that knows no multicast has nobody who announces anything.
    }
  }

  private read(message: Uint8Array, sender: string, report: Report): void {
    const at = this.deps.now();
    const second = Math.floor(at / 1000);
    if (this.second.at !== second) this.second = { at: second, count: 0 };
    if (++this.second.count > MOST_PER_SECOND) return;
    const from = canonicalAddress(sender);
    if (from === undefined) return;
    const { hosts, services } = parseMdns(message);
    // A device speaks for itself; what it says of others' addresses is not believed.
    const own = hosts.find(({ address }) => address === from);
    if (own) report({ kind: 'host-name', source: 'mdns', name: own.name, address: from, at });
    for (const service of services) report({ kind: 'service', source: 'mdns', service, address: from, at });
  }
}

const ownIPv4 = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
