import { blockListNames } from './names.ts';
import { Random } from './random.ts';

/** How much of the whole is in which format. */
const formats: readonly { readonly share: number; readonly head: string; readonly line: (name: string) => string }[] = [
  { share: 0.3, head: '[Adblock Plus]\n! Title: bench\n', line: (name) => `||${name}^` },
  { share: 0.25, head: '# bench\n', line: (name) => `0.0.0.0 ${name}` },
  { share: 0.2, head: '# bench\n', line: (name) => name },
  { share: 0.1, head: '# bench\n', line: (name) => `address=/${name}/0.0.0.0` },
  { share: 0.1, head: '$TTL 60\n@ SOA localhost. root. 1 2 3 4 5\n', line: (name) => `${name} CNAME .` },
  { share: 0.05, head: 'server:\n', line: (name) => `local-zone: "${name}." always_nxdomain` },
];

/** Lines that only adblock lists have, and that no fast path reads. */
const unusual: readonly ((name: string) => string)[] = [
  (name) => `@@||good.${name}^`,
  (name) => `||${name}^$important`,
  (name) => `||${name}^$dnstype=A|AAAA`,
  (name) => `||${name}^$denyallow=cdn.${name}`,
  (name) => `|track.${name}^`,
  (name) => `${name}##.banner`,
  (name) => `||${name}^$third-party`,
];

/** Lists of so many lines together, as a household with many subscriptions has them. */
export function mixedLists(lines: number): Uint8Array[] {
  const names = blockListNames(lines);
  const random = new Random(4);
  let at = 0;
  return formats.map(({ share, head, line }, format) => {
    const part = names.slice(at, (at += Math.round(lines * share)));
    const isUnusual = () => format === 0 && random.next() < 0.02;
    const text = part.map((name) => (isUnusual() ? random.pick(unusual)(name) : line(name))).join('\n');
    return new TextEncoder().encode(`${head}${text}\n`);
  });
}
