import type { ListenAddress, Listener, ListenerDeps } from './listen/carrier.ts';
import { Certificate } from './listen/certificate.ts';
import { certificateName } from './listen/certificate-name.ts';
import { Https } from './listen/https.ts';
import { Tls } from './listen/tls.ts';
import { withoutMissingFamily } from './listen/without-missing-family.ts';
import type { DesignatedOptions } from './local/designated-resolver.ts';

export interface EncryptedOptions {
  readonly tls: readonly ListenAddress[];
  readonly https: readonly ListenAddress[];
  /** PEM files. */
  readonly certificate: { readonly cert: string; readonly key: string };
}

export interface EncryptedDeps {
  readonly options: EncryptedOptions;
  readonly listener: Omit<ListenerDeps, 'at'>;
  /** Told where phones can be sent that ask for an encrypted way here. */
  readonly designate: (designated: DesignatedOptions | undefined) => void;
  readonly say: (sentence: string) => void;
  /** Milliseconds until what failed is tried again. */
  readonly retryAfter?: number;
}

/** One of the two encrypted ways in. */
interface Way {
  readonly listen: (deps: ListenerDeps & { certificate: Certificate }) => Listener;
  at: ListenAddress[];
  listener: Listener | undefined;
}

const PATH = '/dns-query';

/**
 * DNS over TLS and over HTTPS, under one certificate. A certificate that can't be read or a port that is taken costs
 * this way in alone, and is tried again: whoever asks in plain text never notices.
 */
export class Encrypted {
  private readonly deps: EncryptedDeps;
  private readonly tls: Way;
  private readonly https: Way;
  private certificate: Certificate | undefined;
  private retry: NodeJS.Timeout | undefined;
  private opening: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(deps: EncryptedDeps) {
    this.deps = deps;
    const { tls, https } = deps.options;
    this.tls = { listen: (options) => new Tls(options), at: [...tls], listener: undefined };
    this.https = { listen: (options) => new Https(options), at: [...https], listener: undefined };
  }

  /** Where it listens; what is not open now is left out. */
  get bound(): { tls: ListenAddress[]; https: ListenAddress[] } {
    const of = ({ listener, at }: Way) => (listener ? at : []);
    return { tls: of(this.tls), https: of(this.https) };
  }

  /** Resolves when both ways were tried. */
  start(): Promise<void> {
    this.opening = this.open();
    return this.opening;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    await this.opening;
    await Promise.all([this.tls, this.https].map(({ listener }) => listener?.stop()));
    this.certificate?.stop();
  }

  private async open(): Promise<void> {
    let isAllOpen = true;
    for (const way of [this.tls, this.https]) {
      try {
        await this.openWay(way);
      } catch (error) {
        isAllOpen = false;
        this.deps.say(`${(error as Error).message} It is tried again every minute; names are answered in plain text.`);
      }
    }
    this.designate();
    if (isAllOpen || this.stopped) return;
    this.retry = setTimeout(() => void this.start(), this.deps.retryAfter ?? 60_000);
    this.retry.unref();
  }

  /** @throws CertificateUnusable */
  private async readCertificate(): Promise<Certificate> {
    const { options, say } = this.deps;
    const certificate = new Certificate({ ...options.certificate, notice: say, renewed: () => this.designate() });
    await certificate.start();
    return certificate;
  }

  /** @throws CertificateUnusable, ListenFailed */
  private async openWay(way: Way): Promise<void> {
    if (way.listener || way.at.length === 0) return;
    this.certificate ??= await this.readCertificate();
    const { certificate } = this;
    const { listener: shared, say } = this.deps;
    way.at = await withoutMissingFamily(way.at, say, async (at) => {
      const listener = way.listen({ ...shared, at, certificate });
      const bound = await listener.start();
      way.listener = listener;
      return bound;
    });
  }

  private designate(): void {
    const name = this.certificate && certificateName(this.certificate.present.cert);
    const { tls, https } = this.bound;
    const isServed = tls.length > 0 || https.length > 0;
    this.deps.designate(
      name && isServed
        ? {
            name,
            ...(tls.length > 0 && { tlsPort: tls[0].port }),
            ...(https.length > 0 && { https: { port: https[0].port, path: PATH } }),
          }
        : undefined,
    );
  }
}
