import { openLibc } from '../listen/libc.ts';
import { BatchSockets } from './batch-sockets.ts';
import type { OpenSocket } from './connected-socket.ts';
import { openDgramSocket } from './dgram-socket.ts';

/** Batch sockets where there are any, `node:dgram` elsewhere: the listener says so, for both. */
export async function openSockets(): Promise<OpenSocket> {
  try {
    const sockets = new BatchSockets(await openLibc());
    return (address, port, user) => sockets.connect(address, port, user);
  } catch {
    return openDgramSocket;
  }
}
