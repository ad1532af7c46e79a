import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { withoutZone } from './addresses.ts';
import type { Carrier, ListenAddress, Listener, ListenerDeps, Reply } from './carrier.ts';
import { longestAnswer, longestQuestion, socketBuffer, type UdpCounts } from './datagrams.ts';
import { codeOf, ListenFailed } from './listen-failed.ts';

const slotCount = 256;

/**
 * UDP by `node:dgram`: for systems without the batch sockets. On a wildcard address the kernel chooses the source of
 * a reply, so a machine with several addresses should name them one by one.
 */
export class DgramUdp implements Listener {
  readonly counts: UdpCounts = { received: 0, answered: 0, unsendable: 0, oversized: 0 };
  private readonly deps: ListenerDeps;
  private ports: DgramPort[] = [];

  constructor(deps: ListenerDeps) {
    this.deps = deps;
  }

  async start(): Promise<ListenAddress[]> {
    const bound: ListenAddress[] = [];
    for (const address of this.deps.at) {
      const six = isIPv6(address.host);
      const socket = createSocket({
        type: six ? 'udp6' : 'udp4',
        ipv6Only: six,
        reusePort: this.deps.reusePort,
        // Answers go to literal addresses; the default look-up would put every send off to the next tick.
        lookup: (host, _options, found) => found(null, host, isIPv6(host) ? 6 : 4),
      });
      const port = new DgramPort(this.deps, this.counts, socket);
      this.ports.push(port);
      try {
        bound.push(await port.bind(address));
      } catch (error) {
        await this.stop();
        throw new ListenFailed('UDP', address, codeOf(error), error);
      }
    }
    return bound;
  }

  async stop(): Promise<void> {
    await Promise.all(this.ports.splice(0).map((port) => port.close()));
  }
}

/** One bound socket. Answers are written into slots that a send holds until its callback. */
class DgramPort implements Carrier {
  readonly transport = 'udp';
  private readonly deps: ListenerDeps;
  private readonly counts: UdpCounts;
  private readonly socket: Socket;
  private readonly arena = new Uint8Array(slotCount * longestAnswer);
  private readonly free: number[] = [];
  private readonly sent: ((error: Error | null) => void)[] = [];
  /** Who asked the question being handled. */
  private asker: RemoteInfo | undefined;

  constructor(deps: ListenerDeps, counts: UdpCounts, socket: Socket) {
    this.deps = deps;
    this.counts = counts;
    this.socket = socket;
    for (let slot = slotCount - 1; slot >= 0; slot--) {
      this.free.push(slot);
      this.sent[slot] = (error) => {
        this.free.push(slot);
        this.count(error);
      };
    }
  }

  async bind({ host, port }: ListenAddress): Promise<ListenAddress> {
    const listening = once(this.socket, 'listening');
    this.socket.bind(port, host);
    await listening;
    // Without a listener an error of a single packet would end the process.
    this.socket.on('error', () => this.counts.unsendable++);
    this.socket.on('message', (message, asker) => this.answer(message, asker));
    enlarge(this.socket);
    return { host, port: this.socket.address().port };
  }

  async close(): Promise<void> {
    this.socket.removeAllListeners('message');
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }

  later(): Reply {
    const { port, address } = this.asker!;
    return {
      send: (answer) => {
        try {
          this.socket.send(Uint8Array.from(answer), port, address, (error) => this.count(error));
        } catch {
          this.counts.unsendable++; // closed meanwhile
        }
      },
    };
  }

  private answer(message: Uint8Array, asker: RemoteInfo): void {
    this.counts.received++;
    if (message.length > longestQuestion) {
      this.counts.oversized++;
      return;
    }
    if (asker.port === 0) return; // spoofed: nobody can be answered there
    const { handler, clients, now } = this.deps;
    const slot = this.free.pop();
    const arena = slot === undefined ? new Uint8Array(longestAnswer) : this.arena;
    const at = slot === undefined ? 0 : slot * longestAnswer;
    this.asker = asker;
    const client = clients.ofText(withoutZone(asker.address));
    const length = handler.handle(message, 0, message.length, client, this, arena, at, now());
    this.asker = undefined;
    if (length > 0) {
      const done = slot === undefined ? (error: Error | null) => this.count(error) : this.sent[slot];
      this.socket.send(arena, at, length, asker.port, asker.address, done);
    } else if (slot !== undefined) {
      this.free.push(slot);
    }
  }

  private count(error: Error | null): void {
    if (error) this.counts.unsendable++;
    else this.counts.answered++;
  }
}

function enlarge(socket: Socket): void {
  try {
    socket.setRecvBufferSize(socketBuffer);
    socket.setSendBufferSize(socketBuffer);
  } catch {
    // The system allows less; its own size stays.
  }
}
