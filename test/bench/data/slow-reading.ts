import { domainToASCII } from 'node:url';
import type { Format } from '../../../lists/parse/format.ts';

/** What a list says, read line by line in the plainest way: no tables, no shortcuts, no code of the product. */
export interface SlowReading {
  /** Names that occur in the list. */
  readonly names: readonly string[];
  blocks(name: string): boolean;
}

interface Said {
  readonly exact: Set<string>;
  readonly below: Set<string>;
  readonly regexes: RegExp[];
}

const nothing = (): Said => ({ exact: new Set(), below: new Set(), regexes: [] });
const sinkhole = /^(0\.0\.0\.0|127\.\d+\.\d+\.\d+|::|::1|0:0:0:0:0:0:0:[01])$/;
const machine =
  /^(localhost|local|broadcasthost|localhost\.localdomain|localhost4?6?(\.localdomain[46])?|ip6-[a-z]+|0\.0\.0\.0)$/;
const hostName = /^(?=.{1,253}$)([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$/;

export function slowReading(text: string, format: Format): SlowReading {
  const block = nothing();
  const allow = nothing();
  const important = nothing();
  const header = text.split('\n', 60).join('\n');
  const sayings = { block, allow, important, bare: /syntax: .*(without subdomains|wildcard)/i.test(header) };
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r?\n/)) readers[format]?.(raw.trim(), sayings);
  const says = (name: string, { exact, below, regexes }: Said) =>
    exact.has(name) || parentsOf(name).some((parent) => below.has(parent)) || regexes.some((regex) => regex.test(name));
  return {
    names: [...new Set([block, allow, important].flatMap(namesIn))],
    blocks: (name) => says(name, important) || (says(name, block) && !says(name, allow)),
  };
}

interface Sayings {
  readonly block: Said;
  readonly allow: Said;
  readonly important: Said;
  /** Bare names speak for what is below them. */
  readonly bare: boolean;
}

type Reader = (line: string, sayings: Sayings) => void;

const readers: Partial<Record<Format, Reader>> = {
  hosts(line, { block }) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (!sinkhole.test(address)) return;
    for (const name of names) if (!machine.test(name.toLowerCase())) add(name, block, 'exact');
  },
  domains(line, { block, bare }) {
    const words = line.replace(/\s*#.*/, '').split(/\s+/);
    if (words.length !== 1 || /^[!;]/.test(words[0])) return;
    if (words[0].startsWith('.')) add(words[0].slice(1), block, 'suffix');
    else if (words[0].includes('.')) add(words[0], block, bare ? 'suffix' : 'exact');
  },
  wildcard(line, { block }) {
    const word = line.replace(/\s*#.*/, '');
    if (word.startsWith('*.')) add(word.slice(2), block, 'suffix');
    else if (word.includes('.')) add(word, block, 'exact');
  },
  dnsmasq(line, { block }) {
    const [, kind, names, value] = /^(address|local|server)=\/(.+)\/([^/]*)$/.exec(line) ?? [];
    if (names === undefined || (kind === 'server' && value !== '')) return;
    if (kind === 'address' && value !== '' && value !== '#' && !sinkhole.test(value)) return;
    for (const name of names.split('/')) add(name, block, 'suffix');
  },
  rpz(line, { block, allow }) {
    const [, owner, target] = /^(\S+)\s+(?:\d+\s+)?(?:IN\s+)?CNAME\s+(\S+)/i.exec(line) ?? [];
    if (owner === undefined || line.startsWith(';')) return;
    const said = target === 'rpz-passthru.' ? allow : block;
    if (owner.startsWith('*.')) add(owner.slice(2), said, 'below');
    else add(owner, said, 'exact');
  },
  regex(line, { block }) {
    if (line === '' || line.startsWith('#') || /\[\[:(space|blank):\]\]/.test(line)) return;
    block.regexes.push(new RegExp(line, 'i'));
  },
  adblock(line, { block, allow, important }) {
    if (line === '' || /^[!#[]/.test(line) || /#@?[#?$%]/.test(line)) return;
    const [, at, pattern, options = ''] = /^(@@)?(.*?)(?:\$([a-z~,=|0-9._-]+))?$/i.exec(line)!;
    const known = options.split(',').filter((option) => option !== 'important' && option !== '');
    // Types are asked for A; what holds for some clients or pages only is no matter of this reading.
    for (const option of known) if (!/^dnstype=(A|~AAAA)$/.test(option)) return;
    const isImportant = options.split(',').includes('important');
    addPattern(pattern, at ? allow : isImportant ? important : block);
  },
};

/** `||` begins at a label, `|` at an end, `^` ends the name, `*` is anything. */
function addPattern(pattern: string, said: Said): void {
  const text = pattern.toLowerCase().replace(/^(\|?https?:\/\/)/, '|');
  const simple = /^\|\|([a-z0-9_.-]*[a-z0-9_-])\^?\|?$/.exec(text);
  if (simple && (simple[1].includes('.') || text.endsWith('^'))) {
    add(simple[1], said, 'suffix');
    return;
  }
  if (/[/?=&:%]/.test(text) || !/[a-z0-9]/.test(text)) return;
  const begins = text.startsWith('||') ? '(^|\\.)' : text.startsWith('|') ? '^' : '';
  const body = text.replace(/^\|+/, '').replace(/[|^]+$/, '');
  const isWhole = /^[a-z0-9_.-]+$/.test(body) && body.includes('.') && begins === '^';
  const ends = /[|^]$/.test(text) || isWhole ? '$' : '';
  const escaped = body.replaceAll('.', '\\.').replaceAll('*', '.*');
  said.regexes.push(new RegExp(begins + escaped + ends));
}

function add(written: string, said: Said, match: 'exact' | 'suffix' | 'below'): void {
  const lower = written.toLowerCase().replace(/\.$/, '');
  const name = /^[ -~]*$/.test(lower) ? lower : domainToASCII(lower);
  if (!hostName.test(name) || /^[\d.]+$/.test(name)) return;
  if (match !== 'below') said.exact.add(name);
  if (match !== 'exact') said.below.add(name);
}

/** Of a regex, the name that it reads like. */
function namesIn({ exact, below, regexes }: Said): string[] {
  const read = regexes.map(({ source }) => source.replace(/\(.*?\)|[\^$\\]/g, '').replaceAll('.*', 'x'));
  return [...exact, ...below, ...read.filter((name) => hostName.test(name))];
}

function parentsOf(name: string): string[] {
  const labels = name.split('.');
  return labels.slice(1).map((_, at) => labels.slice(at + 1).join('.'));
}
