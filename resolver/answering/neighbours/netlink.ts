import { O_CLOEXEC } from '../listen/layout.ts';
import type { Libc } from '../listen/libc.ts';

/** What the kernel's neighbour table says of one address, at once. */
export interface NeighbourTable {
  /** Looks a second that cost some milliseconds of it at worst, when somebody invents addresses. */
  readonly perSecond: number;
  /** @param octets 4 or 16 @param link number of an interface @returns the MAC as a number of 48 bits, -1 for none */
  macOf(octets: Uint8Array, link: number): number;
  /** @returns number of the interface with this name; 0 when there is none */
  link(name: string): number;
  close(): void;
}

const AF_NETLINK = 16;
/** `SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC` */
const rawSocket = 3 | 0o4000 | O_CLOEXEC;
const NETLINK_ROUTE = 0;
const RTM_NEWNEIGH = 28;
const RTM_GETNEIGH = 30;
const NLMSG_ERROR = 2;
const NLM_F_REQUEST = 1;
const EOPNOTSUPP = 95;
const NDA_DST = 1;
const NDA_LLADDR = 2;
/** INCOMPLETE, FAILED, NOARP: what is no device that was heard of. */
const unusable = 0x01 | 0x20 | 0x40;
const family: Record<number, number> = { 4: 2, 16: 10 };

/** nlmsghdr of 16 octets, ndmsg of 12, then attributes: length and type in two octets each. Or an errno after the first. */
const at = { length: 0, type: 4, flags: 6, sequence: 8, error: 16, family: 16, link: 20, state: 24, attributes: 28 };
const LONGEST_ANSWER = 1024;
/** Answers to earlier questions that may lie before the one to this. */
const MOST_ANSWERS = 8;

/**
 * The neighbour table by rtnetlink: one entry is asked for and answered within the two system calls, some microseconds
 * in all. Kernels before 5.0 tell only whole tables this way.
 */
export class NetlinkNeighbours implements NeighbourTable {
  readonly perSecond = 1000;
  private readonly libc: Libc;
  private readonly fd: number;
  private readonly question = Buffer.alloc(64);
  private readonly answer = Buffer.alloc(LONGEST_ANSWER);
  private sequence = 0;

  /** @throws where there are no netlink sockets */
  constructor(libc: Libc) {
    this.libc = libc;
    this.fd = libc.socket(AF_NETLINK, rawSocket, NETLINK_ROUTE);
    if (this.fd < 0) throw new Error(`no netlink socket: ${libc.failure()}`);
  }

  link(name: string): number {
    return this.libc.interfaceNumber(name);
  }

  close(): void {
    this.libc.close(this.fd);
  }

  /** Whether this kernel tells single entries. */
  get answers(): boolean {
    const { answer } = this;
    const got = this.ask(Uint8Array.of(127, 0, 0, 1), 1);
    return got > 0 && !(answer.readUInt16LE(at.type) === NLMSG_ERROR && answer.readInt32LE(at.error) === -EOPNOTSUPP);
  }

  macOf(octets: Uint8Array, link: number): number {
    const got = this.ask(octets, link);
    return got < 0 ? -1 : this.read(got);
  }

  /** @returns length of the answer, -1 where there is none */
  private ask(octets: Uint8Array, link: number): number {
    const { libc, fd, question, answer } = this;
    this.sequence = (this.sequence + 1) >>> 0;
    const length = this.write(octets, link);
    if (libc.send(fd, question, length, 0) !== length) return -1;
    for (let n = 0; n < MOST_ANSWERS; n++) {
      const got = libc.recv(fd, answer, LONGEST_ANSWER, 0);
      if (got < at.attributes) return -1;
      if (answer.readUInt32LE(at.sequence) === this.sequence) return got;
    }
    return -1;
  }

  private write(octets: Uint8Array, link: number): number {
    const { question, sequence } = this;
    const length = at.attributes + 4 + octets.length;
    question.fill(0);
    question.writeUInt32LE(length, at.length);
    question.writeUInt16LE(RTM_GETNEIGH, at.type);
    question.writeUInt16LE(NLM_F_REQUEST, at.flags);
    question.writeUInt32LE(sequence, at.sequence);
    question[at.family] = family[octets.length];
    question.writeInt32LE(link, at.link);
    question.writeUInt16LE(4 + octets.length, at.attributes);
    question.writeUInt16LE(NDA_DST, at.attributes + 2);
    question.set(octets, at.attributes + 4);
    return length;
  }

  private read(got: number): number {
    const { answer } = this;
    if (answer.readUInt16LE(at.type) !== RTM_NEWNEIGH || answer.readUInt16LE(at.state) & unusable) return -1;
    for (let one = at.attributes; one + 4 <= got; ) {
      const length = answer.readUInt16LE(one);
      if (length < 4) return -1;
      if (answer.readUInt16LE(one + 2) === NDA_LLADDR)
        return length === 10 ? unicast(answer.readUIntBE(one + 4, 6)) : -1;
      one += (length + 3) & ~3;
    }
    return -1;
  }
}

/** Neither a group address nor all zeros, which are no device's. */
export const unicast = (mac: number): number => (mac === 0 || Math.floor(mac / 2 ** 40) & 1 ? -1 : mac);
