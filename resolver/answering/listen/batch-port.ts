import { closeSync } from 'node:fs';
import type { Carrier, ListenerDeps, Reply } from './carrier.ts';
import type { DatagramSocket } from './datagram-socket.ts';
import type { UdpCounts } from './datagrams.ts';
import { batchSize, controlAt, Inbox } from './inbox.ts';
import { KernelMemory } from './kernel-memory.ts';
import { LateAnswers } from './late-answers.ts';
import { in6Pktinfo, inPktinfo, sockaddrIn, sockaddrIn6 } from './layout.ts';
import type { Libc } from './libc.ts';
import { Outbox } from './outbox.ts';
import { RecentClients } from './recent-clients.ts';

/** Full batches in a row before everybody else on the event loop gets a turn: half a millisecond of questions. */
const rounds = 4;

export interface BatchPortDeps extends Pick<ListenerDeps, 'handler' | 'clients' | 'now'> {
  libc: Libc;
  /** Closed by `stop`, with what it sends by. */
  socket: DatagramSocket;
}

/** One bound socket, read and answered in batches whenever the event loop finds it readable. */
export class BatchPort implements Carrier {
  readonly transport = 'udp';
  private readonly deps: BatchPortDeps;
  private readonly memory: KernelMemory;
  private readonly inbox: Inbox;
  private readonly outbox: Outbox;
  private readonly late: LateAnswers;
  private readonly clients: RecentClients;
  private readonly addressAt: number;
  private readonly controlLength: number;
  private readonly drain = () => this.read();
  private readonly flush = () => {
    if (this.fd >= 0) this.late.outbox.send(this.deps.socket.sends);
  };
  private fd: number;
  private watched: { close(): void } | undefined;
  /** Of the question being handled. */
  private slot = 0;
  private received = 0;
  private oversized = 0;
  private lost = 0;

  constructor(deps: BatchPortDeps) {
    const { libc } = deps;
    const { fd, ipv6, wildcard } = deps.socket;
    const nameLength = ipv6 ? sockaddrIn6.size : sockaddrIn.size;
    const controlLength = wildcard ? (ipv6 ? in6Pktinfo.space : inPktinfo.space) : 0;
    this.deps = deps;
    this.fd = fd;
    this.addressAt = ipv6 ? sockaddrIn6.address : sockaddrIn.address;
    this.controlLength = controlLength;
    this.memory = new KernelMemory(libc, Inbox.size + Outbox.size + LateAnswers.size + 1024);
    this.inbox = new Inbox(this.memory, nameLength, controlLength);
    this.outbox = new Outbox(libc, this.memory, nameLength, controlLength);
    this.late = new LateAnswers(libc, this.memory, nameLength, controlLength);
    this.clients = new RecentClients(deps.clients, ipv6 ? 4 : 1);
  }

  get counts(): UdpCounts {
    return {
      received: this.received,
      answered: this.outbox.answered + this.late.outbox.answered,
      unsendable: this.outbox.unsendable + this.late.outbox.unsendable + this.lost,
      oversized: this.oversized,
    };
  }

  start(): void {
    // Level-triggered: a socket that was only partly read is ready again in the next turn of the loop.
    this.watched = this.deps.libc.watch(this.fd, () => setImmediate(this.drain));
  }

  stop(): void {
    if (this.fd < 0) return;
    this.watched?.close();
    closeSync(this.fd);
    if (this.deps.socket.sends !== this.fd) closeSync(this.deps.socket.sends);
    this.fd = -1;
  }

  later(): Reply {
    const at = this.inbox.asker(this.slot);
    const asker = this.memory.bytes.slice(at, at + controlAt + this.controlLength);
    return new LateReply(this, asker);
  }

  /** @param asker copy of what the inbox had of whom it is for */
  sendLater(answer: Uint8Array, asker: Uint8Array): void {
    if (this.fd < 0) return;
    const { outbox } = this.late;
    if (outbox.empty) setImmediate(this.flush);
    else if (outbox.full) outbox.send(this.deps.socket.sends);
    if (!this.late.add(answer, asker)) this.lost++;
  }

  private read(): void {
    if (this.fd < 0) return;
    const { libc, socket } = this.deps;
    const headers = this.memory.addressOf(this.inbox.headers);
    for (let round = 0; round < rounds; round++) {
      const count = libc.recvmmsg(this.fd, headers, batchSize);
      if (count <= 0) return;
      try {
        this.answer(count);
      } finally {
        this.outbox.send(socket.sends);
      }
      if (count < batchSize) return;
    }
  }

  private answer(count: number): void {
    const { handler, now } = this.deps;
    const { bytes, words } = this.memory;
    const inbox = this.inbox;
    const outbox = this.outbox;
    const time = now();
    this.received += count;
    this.clients.age(time);
    for (let slot = 0; slot < count; slot++) {
      const length = inbox.length(slot);
      const cut = inbox.cut(slot);
      inbox.renew(slot);
      if (cut) {
        this.oversized++;
        continue;
      }
      const asker = inbox.asker(slot);
      if (this.controlLength > 0) this.forgetInterface(asker + controlAt);
      this.slot = slot;
      const client = this.clients.of(bytes, words, asker + this.addressAt);
      const answer = handler.handle(bytes, inbox.packet(slot), length, client, this, bytes, outbox.at, time);
      if (answer > 0) outbox.add(answer, asker);
    }
  }

  /**
   * The source of the reply is the address that was asked; by which interface it leaves is for the routes to say,
   * except from a link-local address, which means nothing without its interface.
   */
  private forgetInterface(control: number): void {
    const { bytes, words } = this.memory;
    if (!this.deps.socket.ipv6) words[(control + inPktinfo.interface) >> 2] = 0;
    else if (bytes[control + in6Pktinfo.source] !== 0xfe) words[(control + in6Pktinfo.interface) >> 2] = 0;
  }
}

class LateReply implements Reply {
  private readonly port: BatchPort;
  private readonly asker: Uint8Array;

  constructor(port: BatchPort, asker: Uint8Array) {
    this.port = port;
    this.asker = asker;
  }

  send(answer: Uint8Array): void {
    this.port.sendLater(answer, this.asker);
  }
}
