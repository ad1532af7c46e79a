import { readFileSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import type { LibraryHandle } from 'koffi';
import { systemCalls } from './layout.ts';

/** The few calls into the C library that batch sockets need. Those that fail return -1; `failure()` then says why. */
export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, length: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  connect(fd: number, address: Uint8Array, length: number): number;
  getsockname(fd: number, address: Uint8Array, length: Uint8Array): number;
  dup3(from: number, to: number, flags: number): number;
  close(fd: number): number;
  /** @returns octets sent */
  send(fd: number, message: Uint8Array, length: number, flags: number): number;
  /** @returns octets received */
  recv(fd: number, message: Uint8Array, room: number, flags: number): number;
  /** @returns number of the interface with this name; 0 when there is none */
  interfaceNumber(name: string): number;
  /** @param headers address of an array of mmsghdr @returns how many were received */
  recvmmsg(fd: number, headers: number, count: number): number;
  /** @returns how many were sent; fewer than asked for when one of them failed */
  sendmmsg(fd: number, headers: number, count: number): number;
  /** @returns a descriptor that tells which of many others have something to read */
  epollCreate(flags: number): number;
  /** @param event an epoll_event */
  epollControl(epoll: number, operation: number, fd: number, event: Uint8Array): number;
  /** @param events address of an array of epoll_event @returns how many were written */
  epollWait(epoll: number, events: number, count: number, milliseconds: number): number;
  /** The system's name of the last error (`EAGAIN`). */
  failure(): string;
  /** Where the buffer's bytes are; true as long as somebody holds on to the buffer. */
  addressOf(buffer: ArrayBuffer): number;
  /**
   * Calls back from the event loop whenever the socket has something to read, outside of any JavaScript: promises
   * and ticks would wait for somebody else's event, so leave the work to `setImmediate`, which is due right after.
   */
  watch(fd: number, ready: () => void): { close(): void };
}

/** @throws where this system has no batch sockets; the message is the rest of the sentence "… because" */
export async function openLibc(): Promise<Libc> {
  const calls = process.platform === 'linux' ? systemCalls[process.arch] : undefined;
  if (!calls) throw new Error(`there are none for ${process.platform} on ${process.arch}`);
  const koffi = await import('koffi').catch((cause) => {
    throw new Error('the package koffi is not installed or does not fit this machine', { cause });
  });
  // The C library that Node itself runs on, glibc or musl, whatever its file is called.
  const lib = koffi.load(null);
  keepLoaded(lib);
  // Declared with fixed arguments, which is quicker than a variadic call and the same on these machines.
  const syscall = lib.func(
    'int syscall(long number, int fd, intptr_t headers, uint32_t count, int flags, intptr_t end)',
  );
  const { recvmmsg, sendmmsg } = calls;
  return {
    socket: lib.func('int socket(int family, int type, int protocol)'),
    setsockopt: lib.func('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)'),
    bind: lib.func('int bind(int fd, const void *address, uint32_t length)'),
    connect: lib.func('int connect(int fd, const void *address, uint32_t length)'),
    getsockname: lib.func('int getsockname(int fd, _Out_ void *address, _Inout_ void *length)'),
    dup3: lib.func('int dup3(int from, int to, int flags)'),
    close: lib.func('int close(int fd)'),
    send: lib.func('intptr_t send(int fd, const void *message, size_t length, int flags)'),
    recv: lib.func('intptr_t recv(int fd, _Out_ void *message, size_t room, int flags)'),
    interfaceNumber: lib.func('unsigned int if_nametoindex(const char *name)'),
    recvmmsg: (fd, headers, count) => syscall(recvmmsg, fd, headers, count, 0, 0),
    sendmmsg: (fd, headers, count) => syscall(sendmmsg, fd, headers, count, 0, 0),
    epollCreate: lib.func('int epoll_create1(int flags)'),
    epollControl: lib.func('int epoll_ctl(int epoll, int operation, int fd, const void *event)'),
    epollWait: lib.func('int epoll_wait(int epoll, intptr_t events, int count, int milliseconds)'),
    failure: () => getSystemErrorName(-koffi.errno()),
    addressOf: (buffer) => Number(koffi.address(buffer)),
    watch: (fd, ready) => koffi.node.poll(fd, ready),
  };
}

const RTLD_NOW = 2;
const RTLD_NODELETE = 0x1000;

/**
 * A thread that ends (terminated, or by an error) unloads its add-ons and only then closes what still watches a
 * socket: without this it would call into code that is gone, and take the process with it.
 */
function keepLoaded(lib: LibraryHandle): void {
  const dlopen = lib.func('void *dlopen(const char *path, int flags)');
  for (const path of new Set(readFileSync('/proc/self/maps', 'utf8').match(/\/.*koffi.*\.node$/gm))) {
    dlopen(path, RTLD_NOW | RTLD_NODELETE);
  }
}
