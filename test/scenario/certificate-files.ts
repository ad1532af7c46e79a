import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateFor } from '../resolver/answering/upstream/certificate.ts';

/** A certificate as the product is given it: two PEM files in a folder of their own. */
export class CertificateFiles {
  readonly cert: string;
  readonly key: string;
  private readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.cert = join(folder, 'cert.pem');
    this.key = join(folder, 'key.pem');
  }

  /** @param names as in a certificate: "DNS:dns.house.example,IP:127.0.0.1" */
  static async make(names: string): Promise<CertificateFiles> {
    const files = new CertificateFiles(await mkdtemp(join(tmpdir(), 'quell-certificate-')));
    await files.renew(names);
    return files;
  }

  get env(): Record<string, string> {
    return { QUELL_TLS_CERT: this.cert, QUELL_TLS_KEY: this.key };
  }

  async renew(names: string): Promise<void> {
    const { cert, key } = certificateFor(names);
    await Promise.all([writeFile(this.cert, cert), writeFile(this.key, key)]);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
