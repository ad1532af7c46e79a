import dgram from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { ConnectedSocket, OpenSocket, SocketUser } from './connected-socket.ts';

type Found = (error: null, address: string, family: number) => void;

/** By `node:dgram`: for systems without batch sockets. */
class DgramSocket implements ConnectedSocket {
  readonly connected: boolean;
  readonly isLoading = false;
  private readonly socket: dgram.Socket;

  constructor(address: string, port: number, user: SocketUser) {
    const family = isIPv6(address) ? 6 : 4;
    // The address is literal: a look-up that answers at once lets bind and connect happen here and now.
    const lookup = (host: string, _: unknown, found: Found) => found(null, host, family);
    this.socket = dgram.createSocket({
      type: `udp${family}`,
      lookup: lookup as unknown as dgram.SocketOptions['lookup'],
    });
    this.socket.on('message', (message) => user.received(message));
    // Binding may fail inside this constructor: who takes the port must have asked before it is told.
    this.socket.on('error', (error) => queueMicrotask(() => user.failed(error)));
    this.socket.connect(port, address);
    this.connected = this.isConnected();
  }

  send(packet: Uint8Array): void {
    this.socket.send(packet, 0, packet.length);
  }

  close(): void {
    this.socket.close();
  }

  private isConnected(): boolean {
    try {
      this.socket.remoteAddress();
      return true;
    } catch {
      // Why follows in an `error` event.
      return false;
    }
  }
}

export const openDgramSocket: OpenSocket = (address, port, user) => new DgramSocket(address, port, user);
