import { hostname } from 'node:os';
import { z } from 'zod';
import { hashName } from '../../../lists/rule-set/name-hash.ts';
import { type ListenAddress, listens, network } from './addresses.ts';
import { duration, size } from './units.ts';
import { type Upstream, upstream } from './upstream.ts';

/** A name in lower case without trailing dot. */
const domain = z.string().transform((text, context) => {
  const name = text.toLowerCase().replace(/\.$/, '');
  if (hashName(name) > 0) return name;
  context.addIssue({ code: 'custom', message: `"${text}" must be a domain name such as home.arpa` });
  return z.NEVER;
});

/** One alone may stand where several are meant. */
const many = <T extends z.ZodType>(one: T) => z.union([z.array(one), one.transform((single) => [single])]);

const DAY = 86_400;

const positive = (most: number) => z.number().int().min(1).max(most);

const dns = z.strictObject({
  listen: listens
    .default([
      { host: '0.0.0.0', port: 53 },
      { host: '::', port: 53 },
    ])
    .describe('Where phones ask: addresses with ports.'),
  dotListen: listens.default([]).describe('Where phones ask over TLS (DoT, usually port 853); needs tls.'),
  doh: z
    .union([z.boolean(), listens])
    .default(false)
    .describe('true: DNS over HTTPS at /dns-query of the web page’s address; or addresses of its own, which need tls.'),
});

const upstreams = z.strictObject({
  servers: many(upstream)
    .refine((servers) => servers.length > 0, 'needs one server at least, such as 9.9.9.9')
    .prefault(['9.9.9.9', '149.112.112.112'])
    .describe('Resolvers that answer what Quell does not know.'),
  strategy: z
    .enum(['parallel', 'strict'])
    .default('parallel')
    .describe('parallel: the two quickest are raced. strict: in this order, the next only when one fails.'),
  fallback: many(upstream).default([]).describe('Asked when all servers are down, fail or stay silent.'),
  conditional: z
    .array(z.strictObject({ domain, to: many(upstream) }))
    .default([])
    .describe('Domains that are asked elsewhere and nowhere else, such as the router’s own.'),
  bootstrap: many(z.string())
    .transform((addresses, context) => addresses.map((text) => bootstrapAddress(text, context)))
    .prefault(['9.9.9.9', '149.112.112.112'])
    .describe('Plain DNS servers that look up the names of servers given without an address.'),
  budget: duration('ms', { least: 500, most: 30_000 })
    .prefault('4s')
    .describe('How long one question may take over all servers.'),
});

function bootstrapAddress(text: string, context: z.RefinementCtx): { address: string; port: number } {
  const parsed = upstream.safeParse(text);
  if (parsed.data?.protocol === 'udp') return { address: parsed.data.address!, port: parsed.data.port };
  context.addIssue({ code: 'custom', message: `"${text}" must be the address of a plain DNS server, such as 9.9.9.9` });
  return z.NEVER;
}

const listAddress = z.string().refine((text) => /^(https?|file):/.test(text) && URL.canParse(text), {
  error: 'must be the address of a list: https://…, or file:<name> for a file below the data folder’s lists',
});

const lists = z.strictObject({
  subscribe: many(listAddress).default([]).describe('Lists that are subscribed at the first start.'),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe('Lists may come from servers in private networks, such as this household’s own.'),
  memory: size({ least: 2 ** 20, most: 2 ** 30 })
    .prefault('32MiB')
    .describe('Room for the names of all lists: 10 bytes each, twice for a moment while a new set takes over.'),
  compileHeap: size({ least: 32 * 2 ** 20, most: 2 ** 32 })
    .prefault('96MiB')
    .describe('Heap of the process that reads lists, which runs only while lists change.'),
});

const answering = z.strictObject({
  threads: positive(64).default(1).describe('Threads that answer, sharing the port; one is enough for any household.'),
  cache: z
    .strictObject({
      bytes: size({ least: 64 * 1024, most: 2 ** 31 })
        .prefault('8MiB')
        .describe('Room for answers.'),
      minTtl: duration('s', { most: 3600 }).prefault('0s').describe('Answers are kept for this long at least.'),
      maxTtl: duration('s', { least: 1, most: 7 * 86_400 })
        .prefault('1d')
        .describe('Answers are kept for this long at most.'),
      staleFor: duration('s', { most: 7 * 86_400 })
        .prefault('1d')
        .describe('For how long an expired answer may serve when no upstream answers (RFC 8767).'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      clients: z
        .enum(['private', 'any'])
        .default('private')
        .describe(
          'private: only this network’s addresses are answered. any: the whole world; never do that on the internet.',
        ),
      networks: many(network)
        .default([])
        .describe('Public networks that are answered too, such as the household’s own IPv6 prefix.'),
      perSecond: positive(1_000_000).default(200).describe('Questions of one device per second, on average.'),
      burst: positive(1_000_000).default(1000).describe('Questions that one device may ask at once.'),
      inFlight: positive(65_536).default(256).describe('Questions of one device that may wait for upstreams.'),
      forwarderFactor: positive(1000)
        .default(10)
        .describe('A router that asks for others may ask so many times what one device may.'),
      amplification: positive(1000)
        .default(10)
        .describe('Octets that go to a client over UDP for each that it sent; beyond that it is asked to use TCP.'),
    })
    .prefault({}),
});

const record = z
  .strictObject({
    name: domain,
    type: z.enum(['A', 'AAAA', 'CNAME', 'PTR', 'TXT', 'SRV']),
    value: z.string().min(1),
    ttl: duration('s', { most: 86_400 }).prefault('60s'),
  })
  .superRefine(({ type, value }, context) => {
    const wrong = (message: string) => context.addIssue({ code: 'custom', path: ['value'], message });
    if (type === 'A' && !z.ipv4().safeParse(value).success)
      wrong(`"${value}" must be an IPv4 address such as 192.168.1.2`);
    if (type === 'AAAA' && !z.ipv6().safeParse(value).success)
      wrong(`"${value}" must be an IPv6 address such as fd00::2`);
    if ((type === 'CNAME' || type === 'PTR') && hashName(value) === 0)
      wrong(`"${value}" must be a domain name such as nas.home.arpa`);
    if (type === 'SRV' && !/^\d{1,5} \d{1,5} \d{1,5} \S+$/.test(value))
      wrong(`"${value}" must be priority, weight, port and target, such as 0 0 631 printer.home.arpa`);
  });

/** Every key of quell.yaml. `describe` is the key's documentation. */
export const configSchema = z.strictObject({
  dataDir: z.string().min(1).default('./data').describe('Folder for everything that Quell keeps.'),
  nodeName: z
    .string()
    .min(1)
    .max(63)
    .default(hostname)
    .describe('What this resolver is called where there are several.'),
  names: z
    .array(domain)
    .default(['quell.home.arpa'])
    .describe('Names of Quell itself: answered with its own address, and accepted as the web page’s host.'),
  logLevel: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .describe('How much is logged.'),
  dns: dns.prefault({}),
  tls: z
    .strictObject({
      cert: z.string().min(1).describe('File with the certificate and its chain, in PEM.'),
      key: z.string().min(1).describe('File with its private key, in PEM.'),
    })
    .optional()
    .describe('For DoT and DoH; read again when the files change.'),
  http: z
    .strictObject({
      listen: listens.default([{ host: '0.0.0.0', port: 8080 }]).describe('Where the web page and the API are.'),
      trustedProxies: many(network)
        .default([])
        .describe('Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.'),
      metrics: z
        .enum(['own', 'loopback', 'token'])
        .default('own')
        .describe(
          'Who reads /metrics without a token: own: this machine and its own networks. loopback: this machine. token: nobody.',
        ),
    })
    .prefault({}),
  sinkhole: z
    .strictObject({
      listen: listens.default([]).describe('Where the page for blocked sites answers; none: no such page.'),
    })
    .prefault({}),
  store: z
    .string()
    .regex(/^(sqlite(:.+)?|redis(\+(sentinel|cluster))?:\/\/.+|rediss(\+(sentinel|cluster))?:\/\/.+)$/, {
      error: 'must be sqlite, sqlite:<file>, or an address such as redis://127.0.0.1:6379',
    })
    .default('sqlite')
    .describe('Where settings and record are: sqlite for one resolver, Redis for several.'),
  home: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, { error: 'must be a short word of lower-case letters, digits and hyphens' })
    .default('home')
    .describe('Keeps households on one Redis apart.'),
  record: z
    .strictObject({
      addresses: z
        .enum(['full', 'truncated'])
        .default('full')
        .describe('truncated: clients that are no known device are recorded by their network only.'),
      keep: z
        .strictObject({
          attempts: duration('s', { least: DAY, most: 3650 * DAY })
            .prefault('30d')
            .describe('Attempts: what was tried, by which phone and when.'),
          rollups: duration('s', { least: DAY, most: 3650 * DAY })
            .prefault('400d')
            .describe('Numbers: how many per hour and purpose.'),
          fullLogging: duration('s', { least: 3600, most: 365 * DAY })
            .prefault('24h')
            .describe('Look-ups that full logging wrote down; never kept for longer than attempts.'),
        })
        .prefault({}),
    })
    .prefault({}),
  upstreams: upstreams.prefault({}),
  trustedForwarders: many(network)
    .default([])
    .describe('Routers and forwarders whose word on MAC and address of a phone (EDNS) is believed.'),
  leaseFiles: many(z.string().min(1))
    .default([])
    .describe('DHCP lease files to read names and MACs from; none: those that are in the usual places.'),
  lists: lists.prefault({}),
  ownerPassword: z
    .string()
    .min(8)
    .max(256)
    .optional()
    .describe('The owner’s password, set at the first start; better given as QUELL_OWNER_PASSWORD.'),
  answering: answering.prefault({}),
  records: z.array(record).default([]).describe('The household’s own names.'),
  local: z
    .strictObject({
      hostsFile: z.string().min(1).optional().describe('A file like /etc/hosts whose names are answered too.'),
      keepPrivateNames: z
        .boolean()
        .default(true)
        .describe(
          'Names and addresses of private networks are not asked for outside; false when the upstream is the router.',
        ),
      blockPrivateRelay: z
        .boolean()
        .default(true)
        .describe('iCloud Private Relay, which takes look-ups past this household, is said not to exist.'),
    })
    .prefault({}),
  rebinding: z
    .strictObject({
      protect: z.boolean().default(true).describe('Public names must not answer with addresses of this network.'),
      allow: z.array(domain).default(['plex.direct']).describe('Domains that may, because they work that way.'),
    })
    .prefault({}),
});

/** As it is written. */
export type RawConfig = z.input<typeof configSchema>;

/** As it is used: addresses taken apart, durations and sizes as numbers, every default filled in. */
export type CheckedConfig = z.output<typeof configSchema>;

export type { ListenAddress, Upstream };
