import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ConfigSources, loadConfig } from '../../../../resolver/control/config/config.ts';
import { ConfigError } from '../../../../resolver/control/config/config-error.ts';
import { variables } from '../../../../resolver/control/config/environment.ts';
import { configSchema } from '../../../../resolver/control/config/schema.ts';
import { allKeys } from '../../../../resolver/control/config/schema-keys.ts';
import { retentionOf } from '../../../../resolver/control/record/retention.ts';

const example = readFileSync(new URL('../../../../deploy/quell.example.yaml', import.meta.url), 'utf8');

const load = (file: string | undefined, env: ConfigSources['env'] = {}) =>
  loadConfig({
    env,
    cwd: '/home/quell',
    readFile(path) {
      if (file !== undefined) return file;
      throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
    },
  });

function problems(file: string | undefined, env: ConfigSources['env'] = {}): readonly string[] {
  try {
    load(file, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('without a file and without environment everything has a default', () => {
  expect(load(undefined)).toMatchObject({
    dataDir: '/home/quell/data',
    store: 'sqlite',
    dns: {
      listen: [
        { host: '0.0.0.0', port: 53 },
        { host: '::', port: 53 },
      ],
    },
    http: { listen: [{ host: '0.0.0.0', port: 8080 }] },
    warnings: [],
  });
});

test('the example file says the defaults, and its commented lines are right as well', () => {
  const named = { QUELL_NODE_NAME: 'here' };
  expect(load(example, named)).toEqual(load(undefined, named));
  const all = example.replace(/^#: /gm, '');
  expect(problems(all)).toEqual([]);
});

test('the example file explains every key, and every variable', () => {
  const all = parse(example.replace(/^#: /gm, ''));
  const has = (path: string) => path.split('.').reduce((at, key) => at?.[key], all) !== undefined;
  expect(allKeys(configSchema).filter((key) => !has(key))).toEqual([]);
  for (const name of Object.keys(variables)) expect(example).toContain(name);
  for (const key of allKeys(configSchema)) {
    const line = example.split('\n').findIndex((text) => new RegExp(`^(#: )? *${key.split('.').at(-1)}:`).test(text));
    expect([key, line > 0]).toEqual([key, true]);
  }
});

test('every variable of the environment stands for a key, and wins over the file', () => {
  const keys = allKeys(configSchema);
  for (const { path } of Object.values(variables)) expect(keys).toContain(path.join('.'));
  const file = 'dns:\n  listen: ["127.0.0.1:1"]\n  dotListen: []\nlogLevel: debug\n';
  const config = load(file, { QUELL_DNS_LISTEN: '127.0.0.1:5300, [::1]:5300', QUELL_LOG_LEVEL: '' });
  expect(config.dns.listen).toEqual([
    { host: '127.0.0.1', port: 5300 },
    { host: '::1', port: 5300 },
  ]);
  expect(config.logLevel).toBe('debug');
});

test('upstreams are taken apart in every way they may be written', () => {
  const { upstreams } = load(undefined, {
    QUELL_UPSTREAMS:
      '9.9.9.9,udp://127.0.0.1:5399,tcp://9.9.9.9,tls://9.9.9.9#dns.quad9.net,tls://dns.quad9.net#9.9.9.9,' +
      'https://dns.quad9.net/dns-query#9.9.9.9,https://dns.example:8443,2620:fe::fe,[2620:fe::fe]:5353,tls://dns.example',
  });
  expect(upstreams.upstreams).toEqual([
    { protocol: 'udp', address: '9.9.9.9', port: 53 },
    { protocol: 'udp', address: '127.0.0.1', port: 5399 },
    { protocol: 'tcp', address: '9.9.9.9', port: 53 },
    { protocol: 'tls', address: '9.9.9.9', port: 853, name: 'dns.quad9.net' },
    { protocol: 'tls', address: '9.9.9.9', port: 853, name: 'dns.quad9.net' },
    { protocol: 'https', address: '9.9.9.9', port: 443, name: 'dns.quad9.net', path: '/dns-query' },
    { protocol: 'https', port: 8443, name: 'dns.example', path: '/dns-query' },
    { protocol: 'udp', address: '2620:fe::fe', port: 53 },
    { protocol: 'udp', address: '2620:fe::fe', port: 5353 },
    { protocol: 'tls', port: 853, name: 'dns.example' },
  ]);
});

test('durations, sizes and networks become numbers and canonical text', () => {
  const config = load(
    [
      'answering: { cache: { bytes: 1.5MiB, minTtl: 30, maxTtl: 12h, staleFor: 2d } }',
      'upstreams: { budget: 1500ms, conditional: [{ domain: Fritz.Box., to: 192.168.178.1 }] }',
      'trustedForwarders: [192.168.1.1, 10.1.2.3/8, "fd00::1/16"]',
      'records: [{ name: nas.home.arpa, type: A, value: 192.168.1.2 }]',
    ].join('\n'),
  );
  expect(config.answering.cache).toEqual({ bytes: 1_572_864, minTtl: 30, maxTtl: 43_200, staleFor: 172_800 });
  expect(config.upstreams.budget).toBe(1500);
  expect(config.upstreams.conditional).toEqual([
    { domain: 'fritz.box', to: [{ protocol: 'udp', address: '192.168.178.1', port: 53 }] },
  ]);
  expect(config.trustedForwarders).toEqual(['192.168.1.1/32', '10.0.0.0/8', 'fd00::/16']);
  expect(config.records[0]).toEqual({ name: 'nas.home.arpa', type: 'A', value: '192.168.1.2', ttl: 60 });
});

test('DNS over HTTPS is off, at the page’s address, or at addresses of its own', () => {
  expect(load(undefined).dns.doh).toEqual({ onHttp: false, listen: [] });
  for (const on of ['true', 'on', '1', 'YES']) expect(load(undefined, { QUELL_DOH: on }).dns.doh.onHttp).toBe(true);
  const tls = { QUELL_TLS_CERT: 'cert.pem', QUELL_TLS_KEY: 'key.pem' };
  const own = load(undefined, { ...tls, QUELL_DOH: '127.0.0.1:443' });
  expect(own.dns.doh).toEqual({ onHttp: false, listen: [{ host: '127.0.0.1', port: 443 }] });
  expect(own.tls).toEqual({ cert: '/home/quell/cert.pem', key: '/home/quell/key.pem' });
});

test('each mistake is one sentence with file, line, key and what would be right', () => {
  expect(
    problems(
      [
        'dns:',
        '  lisen: ["0.0.0.0:53"]',
        '  listen: everywhere',
        'upstreams:',
        '  servers:',
        '    - 9.9.9.9',
        '    - dns.google',
        'answering:',
        '  threads: many',
        '  cache: { bytes: 12 }',
        'logLevel: loud',
        'trustedForwarders: [router]',
        'store: mysql://localhost',
        'records:',
        '  - { name: nas.home.arpa, type: A, value: fd00::1 }',
        '  - { name: nas.home.arpa, type: MX, value: x }',
        'colour: red',
      ].join('\n'),
    ).toSorted((a, b) => Number(a.match(/line (\d+)/)![1]) - Number(b.match(/line (\d+)/)![1])),
  ).toEqual([
    'quell.yaml, line 2, dns.lisen: there is no such key; did you mean dns.listen?',
    'quell.yaml, line 3, dns.listen: "everywhere" must be an IP address and a port, such as 0.0.0.0:53 or [::]:53.',
    expect.stringMatching(
      /^quell\.yaml, line 7, upstreams\.servers\[1\]: "dns\.google" must name its server by address, such as 9\.9\.9\.9\.$/,
    ),
    'quell.yaml, line 9, answering.threads: must be a number, not text.',
    'quell.yaml, line 10, answering.cache.bytes: must be a size such as 512KiB or 16MiB, from 64 KiB to 2 GiB.',
    'quell.yaml, line 11, logLevel: must be one of "fatal", "error", "warn", "info", "debug", "trace".',
    'quell.yaml, line 12, trustedForwarders[0]: "router" must be a network such as 192.168.1.0/24 or fd00::/8.',
    'quell.yaml, line 13, store: must be sqlite, sqlite:<file>, or an address such as redis://127.0.0.1:6379.',
    'quell.yaml, line 15, records[0].value: "fd00::1" must be an IPv4 address such as 192.168.1.2.',
    'quell.yaml, line 16, records[1].type: must be one of "A", "AAAA", "CNAME", "PTR", "TXT", "SRV".',
    'quell.yaml, line 17, colour: there is no such key; remove it, or see quell.example.yaml for all keys.',
  ]);
});

test('a mistake in the environment names the variable', () => {
  expect(problems(undefined, { QUELL_UPSTREAMS: '9.9.9.9,ftp://x' })).toEqual([
    expect.stringMatching(/^QUELL_UPSTREAMS: "ftp:\/\/x" must begin with udp:\/\/, tcp:\/\/, tls:\/\/ or https:\/\//),
  ]);
  expect(problems('dns: 5', { QUELL_DNS_LISTEN: 'x' })).toEqual([
    expect.stringMatching(/^QUELL_DNS_LISTEN: "x" must be/),
  ]);
  expect(problems(undefined, { QUELL_OWNER_PASSWORD: 'short' })).toEqual([
    'QUELL_OWNER_PASSWORD: must be at least 8 characters long.',
  ]);
  expect(problems(undefined, { QUELL_DOT_LISTEN: '0.0.0.0:853' })).toEqual([
    expect.stringContaining('QUELL_TLS_CERT and QUELL_TLS_KEY'),
  ]);
});

test('a variable that means nothing is pointed out, and does not stop the start', () => {
  expect(load(undefined, { QUELL_UPSTREAM: '9.9.9.9', QUELL_SOMETHING_ELSE: '1' }).warnings).toEqual([
    'The environment variable QUELL_UPSTREAM means nothing to Quell; did you mean QUELL_UPSTREAMS?',
    'The environment variable QUELL_SOMETHING_ELSE means nothing to Quell.',
  ]);
});

test('a file that is no YAML, no map, or not there says so', () => {
  expect(problems('dns: [1\nstore: x')).toEqual([
    expect.stringMatching(/^quell\.yaml, line 2: this is not valid YAML \(/),
  ]);
  expect(problems('- dns')).toEqual([expect.stringContaining('must be a map of keys')]);
  expect(problems('')).toEqual([]);
  expect(problems(undefined, { QUELL_CONFIG: '/etc/quell.yaml' })).toEqual([
    '/etc/quell.yaml can’t be read (there is no such file); correct QUELL_CONFIG, or leave it away to use defaults.'.replace(
      '’',
      "'",
    ),
  ]);
});

test('how long each kind of record is kept can be said in the file', () => {
  const { record } = load('record: { keep: { attempts: 7d, fullLogging: 2h } }');
  expect(retentionOf(record.keep)).toEqual({ attemptsDays: 7, rollupDays: 400, fullLoggingHours: 2 });
  expect(problems('record: { keep: { attempts: 1h } }')).toEqual([
    'quell.yaml, line 1, record.keep.attempts: must be a duration such as 30s, 5m or 12h, from 86400 seconds to 315360000 seconds.',
  ]);
});
