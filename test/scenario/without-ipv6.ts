import koffi from 'koffi';

/**
 * Loaded before the product: takes IPv6 away from the process, as on a machine whose kernel has none. A seccomp filter
 * answers every socket(AF_INET6) with EAFNOSUPPORT.
 */
const socketCall = { x64: 41, arm64: 198 }[process.arch as 'x64' | 'arm64'];
const [AF_INET6, EAFNOSUPPORT] = [10, 97];
const [PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER] = [38, 22, 2];
const [LOAD_WORD, JUMP_IF_EQUAL, RETURN] = [0x20, 0x15, 0x06];
const [ALLOW, FAIL] = [0x7fff0000, 0x00050000];

/** Code, jump if true, jump if false, operand; of `struct seccomp_data`, 0 is the call and 16 its first argument. */
const program: [number, number, number, number][] = [
  [LOAD_WORD, 0, 0, 0],
  [JUMP_IF_EQUAL, 0, 3, socketCall],
  [LOAD_WORD, 0, 0, 16],
  [JUMP_IF_EQUAL, 0, 1, AF_INET6],
  [RETURN, 0, 0, FAIL | EAFNOSUPPORT],
  [RETURN, 0, 0, ALLOW],
];

const filter = Buffer.alloc(4096);
program.forEach(([code, yes, no, operand], i) => {
  filter.writeUInt16LE(code, 8 * i);
  filter.writeUInt8(yes, 8 * i + 2);
  filter.writeUInt8(no, 8 * i + 3);
  filter.writeUInt32LE(operand, 8 * i + 4);
});
const head = Buffer.alloc(4096);
head.writeUInt16LE(program.length, 0);
head.writeBigUInt64LE(BigInt(koffi.address(filter)), 8);

const prctl = koffi.load('libc.so.6').func('int prctl(int, uintptr_t, void *, uintptr_t, uintptr_t)');
const failed =
  prctl(PR_SET_NO_NEW_PRIVS, 1, null, 0, 0) !== 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, head, 0, 0) !== 0;
if (failed) throw new Error('IPv6 could not be taken away');
