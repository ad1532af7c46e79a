import { isIP } from 'node:net';
import { z } from 'zod';
import { splitHostPort } from './addresses.ts';

/** Where a resolver that we ask is, and how it is spoken to. */
export interface Upstream {
  protocol: 'udp' | 'tcp' | 'tls' | 'https';
  /** IP literal; for tls and https it may be missing, then `name` is looked up through the bootstrap servers. */
  address?: string;
  port: number;
  /** Host name that the certificate must carry (tls, https). */
  name?: string;
  /** Of DNS questions on the web server (https). */
  path?: string;
}

const standardPort = { udp: 53, tcp: 53, tls: 853, https: 443 } as const;
const examples = '9.9.9.9, tls://9.9.9.9#dns.quad9.net or https://dns.quad9.net/dns-query#9.9.9.9';

/**
 * `9.9.9.9`, `[2620:fe::fe]:53`, `udp://…`, `tcp://…`, `tls://<address>#<name>`, `tls://<name>#<address>`,
 * `https://<name>/<path>#<address>`.
 */
export const upstream = z.string().transform((text, context): Upstream => {
  const parsed = parseUpstream(text.trim());
  if (typeof parsed !== 'string') return parsed;
  context.addIssue({ code: 'custom', message: `"${text}" ${parsed}` });
  return z.NEVER;
});

/** @returns what is wrong, as the rest of a sentence */
export function parseUpstream(text: string): Upstream | string {
  const [, scheme = 'udp', rest] = /^(?:([a-z]+):\/\/)?(.*)$/s.exec(text)!;
  if (!Object.hasOwn(standardPort, scheme))
    return `must begin with udp://, tcp://, tls:// or https://, such as ${examples}`;
  const protocol = scheme as Upstream['protocol'];
  const [, place, path, , hint] = /^([^/#]*)(\/[^#]*)?(#(.*))?$/s.exec(rest) ?? [];
  const host = place === undefined ? undefined : hostOf(place, standardPort[protocol]);
  if (!host) return `must name a host, such as ${examples}`;
  if (path !== undefined && path !== '/' && protocol !== 'https')
    return 'has a path, which only https:// upstreams have';
  if (hint !== undefined && protocol !== 'tls' && protocol !== 'https')
    return 'has a #name, which only tls:// and https:// upstreams have';
  if (isIP(host.name)) {
    if (hint !== undefined && (isIP(hint) || !isHostName(hint)))
      return 'must have the host name of the certificate after #';
    return build(protocol, { address: host.name, port: host.port, name: hint, path });
  }
  if (protocol === 'udp' || protocol === 'tcp') return 'must name its server by address, such as 9.9.9.9';
  if (!isHostName(host.name)) return `must name a host, such as ${examples}`;
  const address = hint?.replace(/^\[(.*)\]$/, '$1');
  if (address !== undefined && !isIP(address)) return 'must have an IP address after #, such as #9.9.9.9';
  return build(protocol, { name: host.name, port: host.port, address, path });
}

function build(protocol: Upstream['protocol'], parts: Omit<Upstream, 'protocol'>): Upstream {
  const { address, port, name } = parts;
  return {
    protocol,
    port,
    ...(address !== undefined && { address }),
    ...(name !== undefined && { name: name.toLowerCase() }),
    ...(protocol === 'https' && { path: parts.path && parts.path !== '/' ? parts.path : '/dns-query' }),
  };
}

function hostOf(place: string, standard: number): { name: string; port: number } | undefined {
  if (isIP(place)) return { name: place, port: standard };
  const bare = /^\[(.+)\]$/.exec(place);
  if (bare) return isIP(bare[1]) ? { name: bare[1], port: standard } : undefined;
  const split = splitHostPort(place);
  if (split && split.host !== '') {
    const port = Number(split.port);
    return port > 0 && port <= 0xffff ? { name: split.host, port } : undefined;
  }
  return place !== '' && !place.includes(':') ? { name: place, port: standard } : undefined;
}

const isHostName = (text: string): boolean => /^(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/i.test(text);
