import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { ListenAddress, ListenerDeps } from './carrier.ts';
import { codeOf, ListenFailed } from './listen-failed.ts';

/** Connections that the kernel holds until we accept them. */
const backlog = 256;

/**
 * One server per address; those that listen are put into `servers`, to be closed by the caller also after a failure.
 * @throws ListenFailed
 */
export async function listenOn(
  transport: string,
  { at, reusePort }: Pick<ListenerDeps, 'at' | 'reusePort'>,
  create: () => Server,
  servers: Server[],
): Promise<ListenAddress[]> {
  const bound: ListenAddress[] = [];
  for (const address of at) {
    const server = create();
    try {
      server.listen({ host: address.host, port: address.port, ipv6Only: true, exclusive: true, reusePort, backlog });
      await once(server, 'listening');
    } catch (error) {
      throw new ListenFailed(transport, address, codeOf(error), error);
    }
    // Out of file descriptors, for example: this connection is lost, the next may do.
    server.on('error', () => {});
    servers.push(server);
    bound.push({ host: address.host, port: (server.address() as AddressInfo).port });
  }
  return bound;
}

/** Resolves when the servers and all their connections are closed. */
export async function closeServers(servers: Server[]): Promise<void> {
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
}
