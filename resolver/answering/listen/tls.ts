import { createServer, type Server } from 'node:tls';
import { deviceNameOfServer } from '../../between/device-name.ts';
import type { ListenAddress, Listener } from './carrier.ts';
import type { Certificate } from './certificate.ts';
import { Connections, idleTime, usualLimits } from './connections.ts';
import { closeServers, listenOn } from './servers.ts';
import type { TcpDeps } from './tcp.ts';

export interface TlsDeps extends TcpDeps {
  /** Started. */
  certificate: Certificate;
}

/** DNS over TLS (RFC 7858). A device may tell its name by the first label of the server name it connects to. */
export class Tls implements Listener {
  private readonly deps: TlsDeps;
  private readonly connections: Connections;
  private readonly servers: Server[] = [];

  constructor(deps: TlsDeps) {
    this.deps = deps;
    this.connections = new Connections({ ...deps, limits: { ...usualLimits, idle: idleTime.tls, ...deps.limits } });
  }

  async start(): Promise<ListenAddress[]> {
    this.connections.start();
    return listenOn('TLS', this.deps, () => this.create(), this.servers).catch(async (error) => {
      await this.stop();
      throw error;
    });
  }

  async stop(): Promise<void> {
    const closed = closeServers(this.servers.splice(0));
    this.connections.stop();
    await closed;
  }

  private create(): Server {
    const { certificate, limits } = this.deps;
    const handshakeTimeout = limits?.message ?? usualLimits.message;
    // ALPN is left alone: "dot" is optional, and who offers something else still gets answers.
    const server = createServer({ ...certificate.present, allowHalfOpen: true, noDelay: true, handshakeTimeout });
    certificate.follow(server);
    server.on('connection', (socket) => this.connections.admit(socket));
    server.on('secureConnection', (socket) => {
      this.connections.serve(socket, 'tls', deviceNameOfServer(socket.servername));
    });
    // Port scanners, phones that don't trust the certificate, and who never finishes the handshake.
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }
}
