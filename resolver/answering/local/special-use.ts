/** Names with a meaning of their own, which nobody outside has to be asked about. */

/** Names of top-level zones that exist nowhere (RFC 6761, RFC 6762, RFC 7686). `example` is resolved like any other. */
export const nowhere = ['invalid', 'test', 'local', 'onion'] as const;

/** Top-level names that households use for their own (RFC 6762 appendix G). */
export const ofHouseholds = ['internal', 'intranet', 'private', 'corp', 'home', 'lan'] as const;

/** Zones that are delegated in the public tree but mean something in this household only. */
export const delegated: readonly string[] = [
  'home.arpa', // RFC 8375
  'resolver.arpa', // RFC 9462
  ...reverseZones(),
];

/** RFC 6303 and RFC 7793. */
function reverseZones(): string[] {
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const ipv4 = [
    '10',
    ...range(16, 31).map((n) => `${n}.172`),
    '168.192',
    ...range(64, 127).map((n) => `${n}.100`),
    '0',
    '127',
    '254.169',
    '2.0.192',
    '100.51.198',
    '113.0.203',
    '255.255.255.255',
  ];
  const zeros = '0.'.repeat(31);
  const ipv6 = [
    `0.${zeros}`.slice(0, -1),
    `1.${zeros}`.slice(0, -1),
    'd.f',
    '8.e.f',
    '9.e.f',
    'a.e.f',
    'b.e.f',
    '8.b.d.0.1.0.0.2',
  ];
  return [...ipv4.map((zone) => `${zone}.in-addr.arpa`), ...ipv6.map((zone) => `${zone}.ip6.arpa`)];
}

/** Firefox asks this before it takes its look-ups elsewhere; no such name means that it stays. */
export const canary = 'use-application-dns.net';

/** Without these names iCloud Private Relay is off, and the phone says so instead of waiting. */
export const privateRelay = ['mask.icloud.com', 'mask-h2.icloud.com'] as const;
