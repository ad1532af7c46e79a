import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const TRIES = 50;

/**
 * Listens at one port for UDP and TCP both. A port that the system gives for one may be taken for the other, then
 * another is asked for; a port that was named is waited for.
 */
export async function listenOnSamePort(
  udp: Socket,
  tcp: Server,
  { address = '127.0.0.1', port = 0 } = {},
): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      tcp.listen(port, address);
      await once(tcp, 'listening');
      const given = (tcp.address() as AddressInfo).port;
      udp.bind(given, address);
      await once(udp, 'listening');
      return given;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === TRIES) throw error;
      if (tcp.listening) {
        tcp.close();
        await once(tcp, 'close');
      }
      await wait(20);
    }
  }
}
