/** Where one upstream is and how it is spoken to. */
export interface UpstreamAddress {
  protocol: 'udp' | 'tcp' | 'tls' | 'https';
  /** IP literal. Without it `name` is looked up through the bootstrap servers (tls and https only). */
  address?: string;
  port: number;
  /** Host name that the certificate must carry (tls, https). */
  name?: string;
  /** Of DNS questions on the web server, `/dns-query` unless given (https). */
  path?: string;
  /** Certificate authority in PEM to trust instead of the system's (tls, https). */
  ca?: string;
}

export interface UpstreamsConfig {
  upstreams: UpstreamAddress[];
  /** Asked after all of `upstreams`, when these are down, fail or stay silent. */
  fallback: UpstreamAddress[];
  /** Names at or below `domain` (presentation form) go to `to` and nowhere else. */
  conditional: { domain: string; to: UpstreamAddress[] }[];
  /** parallel: the two quickest are raced. strict: in the order given, the next only when one fails. */
  strategy: 'parallel' | 'strict';
  /** Milliseconds a question may take over all its upstreams. */
  budget: number;
  /** Plain DNS servers that look up the host names of upstreams without an address. */
  bootstrap: { address: string; port: number }[];
}

const standardPort = { udp: 53, tcp: 53, tls: 853, https: 443 };
export const standardPath = '/dns-query';

/** The way an owner writes it: `9.9.9.9`, `udp://127.0.0.1:5399`, `tls://9.9.9.9#dns.quad9.net`. */
export function labelOf({ protocol, address, port, name, path = standardPath }: UpstreamAddress): string {
  const suffix = port === standardPort[protocol] ? '' : `:${port}`;
  const bracketed = address?.includes(':') ? `[${address}]` : address;
  if (protocol === 'https') {
    const hint = name && address ? `#${address}` : '';
    return `https://${name ?? bracketed}${suffix}${path}${hint}`;
  }
  if (protocol === 'udp' && !suffix) return String(address);
  const hint = name && address ? `#${name}` : '';
  return `${protocol}://${bracketed ?? name}${suffix}${hint}`;
}
