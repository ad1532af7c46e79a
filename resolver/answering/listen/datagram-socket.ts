import { closeSync, openSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import type { ListenAddress } from './carrier.ts';
import { socketBuffer } from './datagrams.ts';
import { datagramSocket, family, O_CLOEXEC, option, PMTUDISC_OMIT, sockaddrIn, sockaddrIn6 } from './layout.ts';
import type { Libc } from './libc.ts';
import { ListenFailed } from './listen-failed.ts';

export interface DatagramSocket {
  /** Bound, non-blocking, to be closed by `closeSync`. */
  fd: number;
  /** What answers leave by: another socket on the same address where there can be one, else the same. */
  sends: number;
  port: number;
  ipv6: boolean;
  /** Bound to all addresses: with each datagram it tells which one that was sent to. */
  wildcard: boolean;
}

/** @throws ListenFailed */
export function openDatagramSocket(libc: Libc, address: ListenAddress, reusePort: boolean): DatagramSocket {
  // Among sockets that share a port the kernel would take it for one more that hears.
  const sender = reusePort ? undefined : openSender(libc, address);
  if (!sender) {
    const alone = open(libc, address, reusePort ? option.reusePort : undefined);
    return { ...alone, sends: alone.fd };
  }
  try {
    const { fd } = open(libc, { host: address.host, port: sender.port }, option.reuseAddress);
    set(libc, fd, option.reuseAddress, 0);
    set(libc, sender.fd, option.reuseAddress, 0);
    return { ...sender, fd, sends: sender.fd };
  } catch (error) {
    closeSync(sender.fd);
    throw error;
  }
}

type Bound = Omit<DatagramSocket, 'sends'>;

/**
 * The kernel tells whoever watches a socket of each datagram that has left by it: a tenth of a microsecond for nothing.
 * So answers leave by one that nobody watches. Connected to itself it hears nothing that is sent to the address, and
 * bound before the one that hears it takes no question from it, and finds out whether the port is somebody else's.
 */
function openSender(libc: Libc, address: ListenAddress): Bound | undefined {
  let sender: Bound;
  try {
    sender = open(libc, address);
  } catch {
    return undefined;
  }
  const self = socketAddress({ host: address.host, port: sender.port });
  if (libc.connect(sender.fd, self, self.length) === 0 && set(libc, sender.fd, option.reuseAddress, 1)) return sender;
  closeSync(sender.fd);
  return undefined;
}

/** @param shares how the port is shared with others @throws ListenFailed */
function open(libc: Libc, address: ListenAddress, shares?: Option): Bound {
  const ipv6 = isIPv6(address.host);
  const wildcard = ipaddr.parse(address.host).range() === 'unspecified';
  const failed = () => new ListenFailed('UDP', address, libc.failure());
  const made = libc.socket(ipv6 ? family.ipv6 : family.ipv4, datagramSocket, 0);
  if (made < 0) throw failed();
  const fd = adopt(libc, made);
  if (!set(libc, fd, option.receiveBufferForced, socketBuffer)) set(libc, fd, option.receiveBuffer, socketBuffer);
  if (!set(libc, fd, option.sendBufferForced, socketBuffer)) set(libc, fd, option.sendBuffer, socketBuffer);
  set(libc, fd, ipv6 ? option.ipv6PathMtu : option.ipv4PathMtu, PMTUDISC_OMIT);
  const name = socketAddress(address);
  if (
    (ipv6 && !set(libc, fd, option.ipv6Only, 1)) ||
    (wildcard && !set(libc, fd, ipv6 ? option.ipv6PacketInfo : option.ipv4PacketInfo, 1)) ||
    (shares && !set(libc, fd, shares, 1)) ||
    libc.bind(fd, name, name.length) < 0 ||
    libc.getsockname(fd, name, new Uint8Array(Uint32Array.of(name.length).buffer)) < 0
  ) {
    const error = failed();
    closeSync(fd);
    throw error;
  }
  return { fd, port: new DataView(name.buffer).getUint16(sockaddrIn.port), ipv6, wildcard };
}

type Option = readonly [level: number, name: number];

function set(libc: Libc, fd: number, [level, name]: Option, value: number): boolean {
  return libc.setsockopt(fd, level, name, new Uint8Array(Int32Array.of(value).buffer), 4) === 0;
}

/**
 * Moves the socket to a descriptor that Node opened. Node closes those when a thread ends, however it ends; else the
 * port would stay taken, and with SO_REUSEPORT a share of the questions would go unheard.
 */
export function adopt(libc: Libc, made: number): number {
  try {
    const fd = openSync('/dev/null', 'r');
    libc.dup3(made, fd, O_CLOEXEC);
    return fd;
  } finally {
    libc.close(made);
  }
}

export function socketAddress({ host, port }: ListenAddress): Uint8Array {
  const ipv6 = isIPv6(host);
  const bytes = new Uint8Array(ipv6 ? sockaddrIn6.size : sockaddrIn.size);
  const view = new DataView(bytes.buffer);
  view.setUint16(sockaddrIn.family, ipv6 ? family.ipv6 : family.ipv4, true);
  view.setUint16(sockaddrIn.port, port);
  bytes.set(ipaddr.parse(host).toByteArray(), ipv6 ? sockaddrIn6.address : sockaddrIn.address);
  if (ipv6) view.setUint32(sockaddrIn6.scope, scopeOf(host), true);
  return bytes;
}

/** Number of the interface that a link-local address is on (`fe80::1%eth0`). */
function scopeOf(host: string): number {
  const zone = host.split('%')[1];
  if (!zone) return 0;
  return networkInterfaces()[zone]?.find(({ scopeid }) => scopeid)?.scopeid ?? Number(zone) ?? 0;
}
