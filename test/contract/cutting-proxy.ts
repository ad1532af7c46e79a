import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server; it can cut a connection in the middle of a reply, or all of them for a while. */
export class CuttingProxy {
  cuts = 0;
  #cutNext = false;
  #isAway = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(port: number) {
    this.#server = createServer((client) => {
      if (this.#isAway) client.destroy();
      else this.#join(client, connect(port, '127.0.0.1'));
    });
  }

  static async to(port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The server will have done what it was asked, the client will see half of the reply. */
  cutNextReply(): void {
    this.#cutNext = true;
  }

  /** To the client it is as if the server had died. */
  goAway(): void {
    this.#isAway = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  comeBack(): void {
    this.#isAway = false;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket, server: Socket): void {
    const end = () => {
      for (const socket of [client, server]) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes: Buffer) => {
      if (!this.#cutNext) return void client.write(bytes);
      this.#cutNext = false;
      this.cuts++;
      client.write(bytes.subarray(0, bytes.length >> 1), end);
    });
  }
}
