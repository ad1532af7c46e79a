import { StoreAway } from '../store.ts';

export interface RedisAddress {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  readonly tls: boolean;
  /** Path of a PEM file with the authority that signed the server's certificate; without it, the system's. */
  readonly ca?: string;
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly username?: string;
  readonly password?: string;
  /** What the Sentinels themselves ask for. */
  readonly sentinelPassword?: string;
  /** Name of the master that the Sentinels watch. */
  readonly master?: string;
  readonly db: number;
}

const shape =
  /^redis(?<tls>s)?(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^@]*)@)?(?<hosts>[^/?@]+)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/;

/**
 * redis://user:password@host:6379/db · rediss:// for TLS · redis+sentinel://…@host:26379,host:26379/master/db ·
 * redis+cluster://…@host:6379,host:6379 — with `?ca=<file>` and `?sentinelPassword=<password>`.
 * @throws StoreAway
 */
export function parseAddress(url: string): RedisAddress {
  const { tls, kind = 'single', user = '', hosts, path = '', query = '' } = shape.exec(url)?.groups ?? {};
  if (!hosts) throw new StoreAway(`QUELL_STORE "${withoutSecrets(url)}" is no address; write redis://host:6379.`);
  const [username, ...password] = user.split(':');
  const options = new URLSearchParams(query);
  const parts = path.split('/').filter((part) => part !== '');
  const master = kind === 'sentinel' ? decodeURIComponent(parts.shift() ?? 'mymaster') : undefined;
  const db = Number(parts[0] ?? 0);
  if (!Number.isInteger(db) || db < 0) throw new StoreAway(`QUELL_STORE names database "${parts[0]}"; write a number.`);
  if (kind === 'cluster' && db !== 0) throw new StoreAway('A Redis Cluster has database 0 only; leave the number out.');
  return {
    kind: kind as RedisAddress['kind'],
    tls: tls === 's',
    ca: options.get('ca') ?? undefined,
    hosts: hosts.split(',').map((host) => parseHost(host, kind === 'sentinel' ? 26379 : 6379)),
    username: username ? decodeURIComponent(username) : undefined,
    password: password.length > 0 ? decodeURIComponent(password.join(':')) : undefined,
    sentinelPassword: options.get('sentinelPassword') ?? undefined,
    master,
    db,
  };
}

/** How the address is named to people: without user and password. */
export function describe({ kind, hosts, master }: RedisAddress): string {
  const where = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ');
  if (kind === 'single') return `Redis at ${where}`;
  return kind === 'cluster' ? `The Redis Cluster at ${where}` : `The Redis master "${master}" that ${where} watch`;
}

function parseHost(text: string, defaultPort: number): { host: string; port: number } {
  const { v6, name, port } = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:[\]]+))(?::(?<port>\d+))?$/.exec(text)?.groups ?? {};
  const host = v6 ?? name;
  if (!host) throw new StoreAway(`QUELL_STORE has "${text}" where a host belongs; write host:port.`);
  return { host, port: port === undefined ? defaultPort : Number(port) };
}

const withoutSecrets = (url: string) => url.replace(/\/\/[^@]*@/, '//…@');
