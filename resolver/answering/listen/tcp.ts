import { createServer, type Server } from 'node:net';
import type { ListenAddress, Listener, ListenerDeps } from './carrier.ts';
import { Connections, type ConnectionsLimits, usualLimits } from './connections.ts';
import { closeServers, listenOn } from './servers.ts';

export interface TcpDeps extends ListenerDeps {
  limits?: Partial<ConnectionsLimits>;
}

/** DNS over TCP (RFC 7766). */
export class Tcp implements Listener {
  private readonly deps: TcpDeps;
  private readonly connections: Connections;
  private servers: Server[] = [];

  constructor(deps: TcpDeps) {
    this.deps = deps;
    this.connections = new Connections({ ...deps, limits: { ...usualLimits, ...deps.limits } });
  }

  async start(): Promise<ListenAddress[]> {
    this.connections.start();
    const accept = () =>
      createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        if (this.connections.admit(socket)) this.connections.serve(socket, 'tcp');
      });
    return listenOn('TCP', this.deps, accept, this.servers).catch(async (error) => {
      await this.stop();
      throw error;
    });
  }

  async stop(): Promise<void> {
    const closed = closeServers(this.servers.splice(0));
    this.connections.stop();
    await closed;
  }
}
