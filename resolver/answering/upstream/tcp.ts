import net from 'node:net';
import { type StreamDeps, StreamUpstream } from './stream.ts';

export interface TcpDeps extends Omit<StreamDeps, 'open' | 'padded'> {
  /** IP literal. */
  address: string;
  port: number;
}

/** Plain DNS over TCP. */
export class TcpUpstream extends StreamUpstream {
  constructor({ address, port, ...deps }: TcpDeps) {
    super({ ...deps, padded: false, open: () => net.connect({ host: address, port }) });
  }
}
