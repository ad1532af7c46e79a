import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { ListenAddress } from '../../../../resolver/answering/listen/carrier.ts';

/** A UDP socket that asks, and whose answers can be awaited one after the other. */
export async function asker(to: ListenAddress, from?: string) {
  const socket = createSocket(to.host.includes(':') ? 'udp6' : 'udp4');
  socket.bind(0, from);
  await once(socket, 'listening');
  socket.setRecvBufferSize(1 << 20);
  const answers: { message: Buffer; address: string }[] = [];
  let arrived: (() => void) | undefined;
  socket.on('message', (message, { address }) => {
    answers.push({ message, address });
    arrived?.();
  });
  return {
    socket,
    answers,
    ask: (message: Uint8Array, host = to.host) => socket.send(message, to.port, host),
    async next() {
      while (answers.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
      return answers.shift()!;
    },
  };
}
