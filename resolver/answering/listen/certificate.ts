import { type Stats, unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type Server } from 'node:tls';

export interface CertificateDeps {
  /** PEM file: the certificate, then what signed it. */
  cert: string;
  /** PEM file of its private key. */
  key: string;
  /** Told, in a sentence, when a renewed certificate can't be used. */
  notice?: (sentence: string) => void;
  /** Told when a renewed one is in use. */
  renewed?: () => void;
  /** Milliseconds between looks at the files. */
  interval?: number;
}

interface Pem {
  cert: Buffer;
  key: Buffer;
}

/** The certificate can't be used; the message says which file and why. */
export class CertificateUnusable extends Error {
  override name = 'CertificateUnusable';
}

/**
 * A certificate and its key, read again when the files change; connections that are open keep the old one. The
 * files are looked at every few seconds: unlike change events, that works through links, mounts and renames.
 */
export class Certificate {
  private readonly deps: CertificateDeps;
  private readonly servers = new Set<Server>();
  private pem: Pem | undefined;
  private readonly changed = (now: Stats, before: Stats) => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino || now.size !== before.size) void this.renew();
  };

  constructor(deps: CertificateDeps) {
    this.deps = deps;
  }

  /** @throws CertificateUnusable */
  async start(): Promise<void> {
    this.pem = await this.read();
    const { cert, key, interval = 5_000 } = this.deps;
    for (const file of [cert, key]) watchFile(file, { interval, persistent: false }, this.changed);
  }

  stop(): void {
    for (const file of [this.deps.cert, this.deps.key]) unwatchFile(file, this.changed);
    this.servers.clear();
  }

  /** What a server is created with. Only after `start`. */
  get present(): Pem {
    return this.pem!;
  }

  /** Gives the server every renewed certificate until it closes. */
  follow(server: Server): void {
    this.servers.add(server);
    server.once('close', () => this.servers.delete(server));
  }

  private async renew(): Promise<void> {
    try {
      this.pem = await this.read();
      for (const server of this.servers) server.setSecureContext(this.pem);
      this.deps.renewed?.();
    } catch (error) {
      // Also between the change of one file and of the other, when the two don't fit each other.
      this.deps.notice?.(`${(error as Error).message} The one in use stays.`);
    }
  }

  private async read(): Promise<Pem> {
    const { cert, key } = this.deps;
    try {
      const pem = { cert: await readFile(cert), key: await readFile(key) };
      createSecureContext(pem);
      return pem;
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new CertificateUnusable(`The certificate ${cert} with key ${key} can't be used: ${reason}.`, { cause });
    }
  }
}
