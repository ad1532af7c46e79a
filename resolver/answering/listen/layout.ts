/**
 * Structures and numbers of the Linux kernel on 64-bit little-endian machines. The batch sockets make the system
 * calls themselves, so what counts is the kernel's layout; glibc's is the same, musl's differs only in what it
 * calls padding.
 */

/** `struct mmsghdr`: a `msghdr` and the length of what was received. */
export const mmsghdr = {
  size: 64,
  name: 0,
  nameLength: 8,
  iov: 16,
  iovCount: 24,
  control: 32,
  controlLength: 40,
  flags: 48,
  length: 56,
};

export const iovec = { size: 16, base: 0, length: 8 };

/** `port` and addresses are in network byte order; the family is in the machine's. */
export const sockaddrIn = { size: 16, family: 0, port: 2, address: 4 };
export const sockaddrIn6 = { size: 28, family: 0, port: 2, address: 8, scope: 24 };

/** A control message's header; `data` is where its content begins. */
export const cmsghdr = { length: 0, level: 8, type: 12, data: 16 };

/** Control messages with nothing but the address a datagram was sent to; `space` counts header and padding. */
export const inPktinfo = { space: 32, interface: 16, source: 20 };
export const in6Pktinfo = { space: 40, source: 16, interface: 32 };

/** `struct epoll_event`, which is packed on x86-64 alone. */
export const epollEvent = process.arch === 'x64' ? { size: 12, data: 4 } : { size: 16, data: 8 };

export const EPOLLIN = 1;
export const EPOLL_CTL_ADD = 1;

export const family = { ipv4: 2, ipv6: 10 };

export const O_CLOEXEC = 0o2000000;

/** `SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC` */
export const datagramSocket = 2 | 0o4000 | O_CLOEXEC;

/** The datagram was longer than its room. */
export const MSG_TRUNC = 0x20;

const SOL_SOCKET = 1;
const IPPROTO_IP = 0;
const IPPROTO_IPV6 = 41;

/** [level, name] as `setsockopt` takes them. */
export const option = {
  receiveBuffer: [SOL_SOCKET, 8],
  /** The same beyond what the system allows; for the privileged. */
  receiveBufferForced: [SOL_SOCKET, 33],
  sendBuffer: [SOL_SOCKET, 7],
  sendBufferForced: [SOL_SOCKET, 32],
  reuseAddress: [SOL_SOCKET, 2],
  reusePort: [SOL_SOCKET, 15],
  ipv4PacketInfo: [IPPROTO_IP, 8],
  ipv4PathMtu: [IPPROTO_IP, 10],
  ipv6Only: [IPPROTO_IPV6, 26],
  ipv6PacketInfo: [IPPROTO_IPV6, 49],
  ipv6PathMtu: [IPPROTO_IPV6, 23],
} as const;

/** Path MTU option: send whole, believe no ICMP about it; keeps off-path senders from making us fragment. */
export const PMTUDISC_OMIT = 5;

/** Numbers of the system calls, by Node's name of the machine. */
export const systemCalls: Record<string, { recvmmsg: number; sendmmsg: number } | undefined> = {
  x64: { recvmmsg: 299, sendmmsg: 307 },
  arm64: { recvmmsg: 243, sendmmsg: 269 },
};
