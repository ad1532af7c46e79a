/** How a list is written. `html` is no list: a login page, an error page. `unknown` looks like nothing we read. */
export const formats = [
  'hosts',
  'domains',
  'wildcard',
  'adblock',
  'dnsmasq',
  'unbound',
  'rpz',
  'regex',
  'html',
  'unknown',
] as const;
export type Format = (typeof formats)[number];

const SAMPLE = 64 * 1024;
const decoder = new TextDecoder();

/** What gives each format away, line by line. The first that fits has the line. */
const signs: readonly (readonly [Format, RegExp])[] = [
  ['dnsmasq', /^(address|server|local)=\//],
  ['unbound', /^local-(zone|data):/],
  ['rpz', /^(\$TTL|\$ORIGIN|\S+\s+((\d+|IN)\s+)*(CNAME|SOA)\s)/i],
  ['hosts', /^[0-9a-f.:]*[.:][0-9a-f.:]*\s+[\w.-]+/i],
  ['adblock', /^(@@|\|{1,2}\S|\[adblock|\[adguard|!\s)|\^$|##|#@#/i],
  ['wildcard', /^\*\.[^\s*/]+(\s*#.*)?$/],
  ['domains', /^\.?[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)+\.?(\s*#.*)?$/u],
  ['regex', /^(\^|\(\^|\(\\\.)|[\\)]\S*\$$/],
];

/**
 * Tells the format from the text alone; what the address or the server calls it means nothing.
 * Two samples are taken, for a long comment may stand at the top.
 */
export function detectFormat(bytes: Uint8Array): Format {
  const head = decoder.decode(bytes.subarray(0, SAMPLE)).replace(/^\ufeff/, '');
  if (/^\s*(<!doctype html|<html|<head|<\?xml)/i.test(head)) return 'html';
  const middle = bytes.length >> 1;
  const later = bytes.length > 2 * SAMPLE ? decoder.decode(bytes.subarray(middle, middle + SAMPLE)) : '';
  const lines = [...head.split('\n'), ...later.split('\n').slice(1)].map((line) => line.replaceAll('\0', '').trim());
  const votes = new Map<Format, number>();
  let other = 0;
  for (const line of lines) {
    if (line === '' || /^(#(?!#|@#)|;|\/\/)/.test(line)) continue;
    const sign = line.length < 1024 ? signs.find(([, looks]) => looks.test(line)) : undefined;
    if (sign) votes.set(sign[0], (votes.get(sign[0]) ?? 0) + 1);
    else other++;
  }
  return winner(votes, other);
}

/** Adblock includes hosts lines and plain names, so a tenth of its own shapes makes a mixed file adblock. */
function winner(votes: ReadonlyMap<Format, number>, other: number): Format {
  const known = [...votes.values()].reduce((sum, count) => sum + count, 0);
  if (known === 0) return 'unknown';
  const [format, count] = [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best));
  const adblock = votes.get('adblock') ?? 0;
  if (adblock * 10 >= known && ['hosts', 'domains', 'wildcard'].includes(format)) return 'adblock';
  return count * 4 >= other ? format : 'unknown';
}
