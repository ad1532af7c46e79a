import type { LookupFunction } from 'node:net';
import tls from 'node:tls';
import { type StreamDeps, StreamUpstream } from './stream.ts';

export interface TlsDeps extends Omit<StreamDeps, 'open' | 'padded'> {
  /** IP literal; without it `name` is looked up. */
  address: string | undefined;
  port: number;
  /** The certificate must be for this name, without it for the address. */
  name: string | undefined;
  /** PEM; instead of the system's authorities. */
  ca: string | undefined;
  lookup: LookupFunction;
}

/** DNS over TLS (RFC 7858), strict: a server that can't show who it is gets no question (RFC 8310). */
export class TlsUpstream extends StreamUpstream {
  constructor({ address, port, name, ca, lookup, ...deps }: TlsDeps) {
    let session: Buffer | undefined;
    const open = (): tls.TLSSocket => {
      const socket = tls.connect({ host: address ?? name, port, servername: name ?? '', ca, lookup, session });
      socket.on('session', (ticket) => {
        session = ticket;
      });
      socket.on('error', () => {
        session = undefined;
      });
      return socket;
    };
    super({ ...deps, padded: true, open });
  }
}
