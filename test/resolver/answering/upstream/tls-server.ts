import type { Server as Listener, Socket } from 'node:net';
import tls from 'node:tls';
import type { Certificate } from './certificate.ts';
import { type Behaviour, honest, Server } from './server.ts';

/** The same over TLS. */
export class TlsServer extends Server {
  /** Of each connection: the name it asked for, and whether it resumed an earlier session. */
  readonly handshakes: { name: string | false | null; resumed: boolean }[] = [];
  private readonly certificate: Certificate;

  constructor(certificate: Certificate, behaviour: Behaviour = honest) {
    super(behaviour);
    this.certificate = certificate;
  }

  protected override createListener(accept: (socket: Socket) => void): Listener {
    const listener = tls.createServer(this.certificate, (socket) => {
      this.handshakes.push({ name: socket.servername, resumed: socket.isSessionReused() });
      accept(socket);
    });
    return listener.on('tlsClientError', () => {});
  }
}
