import koffi from 'koffi';
import { expect, it } from 'vitest';
import {
  cmsghdr,
  in6Pktinfo,
  inPktinfo,
  iovec,
  mmsghdr,
  sockaddrIn,
  sockaddrIn6,
} from '../../../../resolver/answering/listen/layout.ts';

// Declared as in the kernel's headers; koffi lays them out by the C rules of the machine that runs this.
const msghdr = koffi.struct({
  msg_name: 'void *',
  msg_namelen: 'int',
  msg_iov: 'void *',
  msg_iovlen: 'size_t',
  msg_control: 'void *',
  msg_controllen: 'size_t',
  msg_flags: 'uint32_t',
});
const mmsg = koffi.struct({ msg_hdr: msghdr, msg_len: 'uint32_t' });
const vector = koffi.struct({ iov_base: 'void *', iov_len: 'size_t' });
const cmsg = koffi.struct({ cmsg_len: 'size_t', cmsg_level: 'int', cmsg_type: 'int' });
const address4 = koffi.array('uint8_t', 4);
const address6 = koffi.array('uint8_t', 16);
const pktinfo = koffi.struct({ ipi_ifindex: 'int', ipi_spec_dst: 'uint32_t', ipi_addr: 'uint32_t' });
const pktinfo6 = koffi.struct({ ipi6_addr: address6, ipi6_ifindex: 'int' });
const sin = koffi.struct({ family: 'uint16_t', port: 'uint16_t', addr: address4, zero: koffi.array('uint8_t', 8) });
const sin6 = koffi.struct({
  family: 'uint16_t',
  port: 'uint16_t',
  flowinfo: 'uint32_t',
  addr: address6,
  scope: 'uint32_t',
});

const aligned = (size: number) => Math.ceil(size / 8) * 8;

it('lays mmsghdr out as the C compiler of this machine does', () => {
  expect(mmsghdr).toEqual({
    size: koffi.sizeof(mmsg),
    name: koffi.offsetof(msghdr, 'msg_name'),
    nameLength: koffi.offsetof(msghdr, 'msg_namelen'),
    iov: koffi.offsetof(msghdr, 'msg_iov'),
    iovCount: koffi.offsetof(msghdr, 'msg_iovlen'),
    control: koffi.offsetof(msghdr, 'msg_control'),
    controlLength: koffi.offsetof(msghdr, 'msg_controllen'),
    flags: koffi.offsetof(msghdr, 'msg_flags'),
    length: koffi.offsetof(mmsg, 'msg_len'),
  });
});

it('lays iovec and socket addresses out as the C compiler of this machine does', () => {
  expect(iovec).toEqual({
    size: koffi.sizeof(vector),
    base: koffi.offsetof(vector, 'iov_base'),
    length: koffi.offsetof(vector, 'iov_len'),
  });
  expect(sockaddrIn).toEqual({
    size: koffi.sizeof(sin),
    family: 0,
    port: koffi.offsetof(sin, 'port'),
    address: koffi.offsetof(sin, 'addr'),
  });
  expect(sockaddrIn6).toEqual({
    size: koffi.sizeof(sin6),
    family: 0,
    port: koffi.offsetof(sin6, 'port'),
    address: koffi.offsetof(sin6, 'addr'),
    scope: koffi.offsetof(sin6, 'scope'),
  });
});

it('lays control messages out as the C compiler of this machine does', () => {
  expect(cmsghdr).toEqual({
    length: koffi.offsetof(cmsg, 'cmsg_len'),
    level: koffi.offsetof(cmsg, 'cmsg_level'),
    type: koffi.offsetof(cmsg, 'cmsg_type'),
    data: aligned(koffi.sizeof(cmsg)),
  });
  expect(inPktinfo).toEqual({
    space: cmsghdr.data + aligned(koffi.sizeof(pktinfo)),
    interface: cmsghdr.data + koffi.offsetof(pktinfo, 'ipi_ifindex'),
    source: cmsghdr.data + koffi.offsetof(pktinfo, 'ipi_spec_dst'),
  });
  expect(in6Pktinfo).toEqual({
    space: cmsghdr.data + aligned(koffi.sizeof(pktinfo6)),
    source: cmsghdr.data + koffi.offsetof(pktinfo6, 'ipi6_addr'),
    interface: cmsghdr.data + koffi.offsetof(pktinfo6, 'ipi6_ifindex'),
  });
});
