import { isIP, type LookupFunction } from 'node:net';
import { type Dispatcher, request } from 'undici';
import { isPublic } from './address-guard.ts';
import { type BootstrapServer, bootstrapLookup } from './bootstrap-lookup.ts';
import { FetchFailed, inWords } from './fetch-failed.ts';
import { guardedAgent, privateAddress } from './guarded-agent.ts';
import type { IncomingText } from './incoming-text.ts';
import { spool } from './spool.ts';

export interface FetchLimits {
  /** Bytes of the unpacked list. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly connect: number;
  /** Milliseconds without a byte. */
  readonly silence: number;
  /** Milliseconds for all of it. */
  readonly total: number;
  readonly redirects: number;
}

export const fetchLimits: FetchLimits = {
  bytes: 64 * 2 ** 20,
  connect: 10_000,
  silence: 20_000,
  total: 180_000,
  redirects: 5,
};

/** What the server said about the copy that we have. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export type Fetched = { readonly same: true } | ({ readonly same: false; readonly text: IncomingText } & Validators);

export interface FetchOptions {
  readonly validators: Validators;
  /** Path that what the server sends is written to; it may be there, in part, also when the fetch fails. */
  readonly spool: string;
  readonly signal: AbortSignal;
}

export interface ListFetcherDeps {
  /** Plain DNS resolvers that are asked for list servers. */
  readonly bootstrap: readonly BootstrapServer[];
  /** Whether the owner allows list servers in the household's own network. */
  readonly allowPrivate: boolean;
  readonly limits: FetchLimits;
}

/** Gets lists over http(s). */
export class ListFetcher {
  private readonly deps: ListFetcherDeps;
  private readonly lookup: LookupFunction;

  constructor(deps: ListFetcherDeps) {
    this.deps = deps;
    this.lookup = bootstrapLookup(deps.bootstrap);
  }

  /** @throws FetchFailed, TooLarge */
  async fetch(address: string, options: FetchOptions): Promise<Fetched> {
    const { limits } = this.deps;
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(limits.total)]);
    const origin = parse(address).origin;
    let url = parse(address);
    for (let hops = 0; ; hops++) {
      // Only the server that the owner named may be private: where it sends us is not the owner's choice.
      const mayBePrivate = this.deps.allowPrivate && url.origin === origin;
      const next = await this.ask(url, mayBePrivate, { ...options, signal }).catch((error) => {
        throw inWords(error, url.host);
      });
      if (!(next instanceof URL)) return next;
      if (hops === limits.redirects)
        throw new FetchFailed(`${url.host} redirects more than ${limits.redirects} times.`);
      if (url.protocol === 'https:' && next.protocol === 'http:')
        throw new FetchFailed(`${url.host} redirects to an address that is not encrypted.`);
      url = next;
    }
  }

  /** @returns where the server sends us, or what it answered */
  private async ask(url: URL, mayBePrivate: boolean, { validators, spool, signal }: FetchOptions) {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !mayBePrivate && !isPublic(host)) throw privateAddress(url.hostname);
    const { limits } = this.deps;
    const agent = guardedAgent({ lookup: this.lookup, mayBePrivate, connectTimeout: limits.connect });
    try {
      const answer = await request(url, {
        dispatcher: agent,
        headers: {
          accept: 'text/plain, */*;q=0.5',
          'accept-encoding': 'gzip',
          'user-agent': 'Quell',
          ...(validators.etag && { 'if-none-match': validators.etag }),
          ...(validators.lastModified && { 'if-modified-since': validators.lastModified }),
        },
        headersTimeout: limits.silence,
        bodyTimeout: limits.silence,
        signal,
      });
      // Where the headers suffice, the body is dropped with its connection, which it reports as an error.
      answer.body.on('error', () => {});
      return await this.take(answer, url, spool);
    } finally {
      await agent.destroy();
    }
  }

  private async take(answer: Dispatcher.ResponseData, url: URL, path: string): Promise<Fetched | URL> {
    const { statusCode, headers, body } = answer;
    const header = (name: string) => [headers[name] ?? []].flat()[0];
    if (statusCode === 304) return { same: true };
    const location = header('location');
    if (statusCode >= 300 && statusCode < 400 && location) return parse(new URL(location, url).href);
    if (statusCode !== 200) throw new FetchFailed(`${url.host} answers ${statusCode} instead of the list.`);
    const type = header('content-type') ?? '';
    if (/^text\/html|xhtml/i.test(type)) throw webPage(url.host);
    if (/^(image|audio|video|font)\/|pdf/i.test(type))
      throw new FetchFailed(`${url.host} sends ${type}, which is no list.`);
    // Packed or not, what is larger than the unpacked list may be is too large.
    await spool(path, body, this.deps.limits.bytes);
    const text = { spool: path, host: url.host, encoding: header('content-encoding') ?? '' };
    return { same: false, text, etag: header('etag'), lastModified: header('last-modified') };
  }
}

export const webPage = (host: string): FetchFailed =>
  new FetchFailed(`${host} sends a web page instead of the list; perhaps it wants a sign-in, or the list has moved.`);

function parse(address: string): URL {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new FetchFailed('A list’s address begins with https:// or http://.');
  return url;
}
