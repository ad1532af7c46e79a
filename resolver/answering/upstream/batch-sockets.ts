import { closeSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { flag, offset } from '../../wire/header.ts';
import { adopt, socketAddress } from '../listen/datagram-socket.ts';
import { batchSize, Inbox } from '../listen/inbox.ts';
import { KernelMemory } from '../listen/kernel-memory.ts';
import {
  datagramSocket,
  EPOLL_CTL_ADD,
  EPOLLIN,
  epollEvent,
  family,
  O_CLOEXEC,
  sockaddrIn6,
} from '../listen/layout.ts';
import type { Libc } from '../listen/libc.ts';
import { Outbox } from '../listen/outbox.ts';
import type { ConnectedSocket, SocketUser } from './connected-socket.ts';

/** Header, name, type and class, and an OPT record without options take 282 octets at most. */
const longestQuery = 288;
/** Full batches of one socket in a row before the others get a turn. */
const rounds = 4;

/**
 * Sockets towards upstreams, written and read in batches: what is asked in one turn of the event loop by one socket
 * leaves with one `sendmmsg`, and one `epoll_wait` finds those that have answers, whatever their number.
 */
export class BatchSockets {
  private readonly libc: Libc;
  private readonly memory: KernelMemory;
  private readonly inbox: Inbox;
  private readonly events: number;
  private readonly open = new Map<number, BatchSocket>();
  private readonly outboxes: Outbox[] = [];
  private readonly loaded: BatchSocket[] = [];
  private readonly read = () => this.readAll();
  private readonly flush = () => this.sendAll();
  private epoll = -1;
  private watched: { close(): void } | undefined;

  constructor(libc: Libc) {
    this.libc = libc;
    this.memory = new KernelMemory(libc, Inbox.size + batchSize * epollEvent.size + 1024);
    this.inbox = new Inbox(this.memory, sockaddrIn6.size, 0);
    this.events = this.memory.take(batchSize * epollEvent.size);
  }

  connect(address: string, port: number, user: SocketUser): ConnectedSocket {
    try {
      const fd = this.socketTo(address, port);
      const socket = new BatchSocket(this, fd, user);
      this.open.set(fd, socket);
      return socket;
    } catch (error) {
      if (this.open.size === 0) this.stopWatching();
      queueMicrotask(() => user.failed(error as Error));
      return new BatchSocket(this, -1, user);
    }
  }

  /** What this socket sends in this turn. */
  load(socket: BatchSocket): Outbox {
    if (this.loaded.push(socket) === 1) queueMicrotask(this.flush);
    return this.outboxes.pop() ?? this.newOutbox();
  }

  /** Hands what came for this socket to its user. @returns the system's name of an error, if there was one */
  receive(socket: BatchSocket, fd: number, user: SocketUser): string {
    const { libc, memory, inbox } = this;
    for (let round = 0; round < rounds; round++) {
      const count = libc.recvmmsg(fd, memory.addressOf(inbox.headers), batchSize);
      if (count < 0) return libc.failure();
      for (let slot = 0; slot < count; slot++) {
        const at = inbox.packet(slot);
        // Longer than what we said we take: the rest is to be had over TCP.
        if (inbox.cut(slot)) memory.bytes[at + offset.flags] |= flag.tc >>> 8;
        inbox.renew(slot);
        user.received(memory.bytes.subarray(at, at + inbox.length(slot)));
      }
      // Closed meanwhile, its number may be another's already.
      if (count < batchSize || this.open.get(fd) !== socket) break;
    }
    return '';
  }

  close(fd: number): void {
    this.open.delete(fd);
    closeSync(fd);
    if (this.open.size === 0) this.stopWatching();
  }

  private socketTo(address: string, port: number): number {
    const { libc } = this;
    this.startWatching();
    const fd = adopt(libc, this.checked(libc.socket(isIPv6(address) ? family.ipv6 : family.ipv4, datagramSocket, 0)));
    try {
      const name = socketAddress({ host: address, port });
      // The kernel binds it to a free port that it draws.
      this.checked(libc.connect(fd, name, name.length));
      const event = new DataView(new ArrayBuffer(epollEvent.size));
      event.setUint32(0, EPOLLIN, true);
      event.setUint32(epollEvent.data, fd, true);
      this.checked(libc.epollControl(this.epoll, EPOLL_CTL_ADD, fd, new Uint8Array(event.buffer)));
      return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  private startWatching(): void {
    if (this.epoll >= 0) return;
    this.epoll = adopt(this.libc, this.checked(this.libc.epollCreate(O_CLOEXEC)));
    this.watched = this.libc.watch(this.epoll, () => setImmediate(this.read));
  }

  private stopWatching(): void {
    if (this.epoll < 0) return;
    this.watched?.close();
    closeSync(this.epoll);
    this.epoll = -1;
  }

  private checked(result: number): number {
    if (result < 0) throw systemError(this.libc.failure());
    return result;
  }

  private readAll(): void {
    const { libc, memory, events } = this;
    if (this.epoll < 0) return;
    const ready = libc.epollWait(this.epoll, memory.addressOf(events), batchSize, 0);
    for (let n = 0; n < ready; n++) {
      this.open.get(memory.words[(events + n * epollEvent.size + epollEvent.data) >> 2])?.read();
    }
  }

  private sendAll(): void {
    for (const socket of this.loaded) this.outboxes.push(socket.flush());
    this.loaded.length = 0;
  }

  private newOutbox(): Outbox {
    const memory = new KernelMemory(this.libc, Outbox.sizeFor(longestQuery) + 1024);
    return new Outbox(this.libc, memory, 0, 0, longestQuery);
  }
}

class BatchSocket implements ConnectedSocket {
  private readonly sockets: BatchSockets;
  private readonly user: SocketUser;
  private fd: number;
  private outbox: Outbox | undefined;

  constructor(sockets: BatchSockets, fd: number, user: SocketUser) {
    this.sockets = sockets;
    this.fd = fd;
    this.user = user;
  }

  get connected(): boolean {
    return this.fd >= 0;
  }

  get isLoading(): boolean {
    return this.outbox !== undefined && !this.outbox.full;
  }

  send(packet: Uint8Array): void {
    if (this.fd < 0) return;
    this.outbox ??= this.sockets.load(this);
    if (this.outbox.full) this.leave(this.outbox);
    this.outbox.write(packet);
  }

  /** @returns the outbox, empty */
  flush(): Outbox {
    const outbox = this.outbox!;
    this.outbox = undefined;
    this.leave(outbox);
    return outbox;
  }

  read(): void {
    const failure = this.sockets.receive(this, this.fd, this.user);
    if (failure) this.fail(failure);
  }

  private fail(code: string): void {
    // What the kernel has no room for is lost, as on any network, and asked again.
    if (code === 'EAGAIN' || code === 'EINTR') return;
    queueMicrotask(() => this.user.failed(systemError(code)));
  }

  close(): void {
    if (this.fd < 0) return;
    this.sockets.close(this.fd);
    this.fd = -1;
  }

  private leave(outbox: Outbox): void {
    outbox.send(this.fd);
    if (outbox.failure && this.fd >= 0) this.fail(outbox.failure);
  }
}

const systemError = (code: string): Error => Object.assign(new Error(code), { code });
