/** A UDP socket connected to one server, on a port of the system's random choice: others' packets don't reach it. */
export interface ConnectedSocket {
  /** False where there is none, for want of descriptors or of a route; `failed` is told why a moment later. */
  readonly connected: boolean;
  /** Packets wait to leave with the end of this turn of the event loop, and there is room beside them. */
  readonly isLoading: boolean;
  /** The packet is copied, or not changed before it has left. */
  send(packet: Uint8Array): void;
  close(): void;
}

export interface SocketUser {
  /** @param message only until this returns: copy what is to be kept */
  received(message: Uint8Array): void;
  /** The server can't be reached by this socket. Never called before `send` has returned. */
  failed(error: Error): void;
}

/** @param address IP literal */
export type OpenSocket = (address: string, port: number, user: SocketUser) => ConnectedSocket;
