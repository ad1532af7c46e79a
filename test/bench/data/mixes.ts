import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blockListNames, ordinaryNames } from './names.ts';
import { Random, weighted, zipf } from './random.ts';

export const listSizes = [200_000, 1_000_000] as const;
export type ListSize = (typeof listSizes)[number];

/** Changes with what is generated, so that files of another day are not taken for today's. */
const EDITION = '2';
const QUESTIONS = 100_000;

/** Files of questions and lists, the same on every machine. */
export class Mixes {
  readonly folder: string;

  /** Generates what is not there yet. */
  constructor(folder: string) {
    this.folder = folder;
    const stamp = join(folder, 'edition');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === EDITION) return;
    mkdirSync(folder, { recursive: true });
    generate(folder);
    writeFileSync(stamp, EDITION);
  }

  /** Names to block, one a line; the shorter list is the beginning of the longer. */
  list = (size: ListSize): string => join(this.folder, `list-${size}.txt`);
  /** Questions for names of the list, drawn evenly. */
  blocked = (size: ListSize): string => join(this.folder, `blocked-${size}.mix`);
  /** 25 % blocked, 70 % of 2,000 names, 5 % never asked before; A, AAAA and HTTPS. */
  household = (size: ListSize): string => join(this.folder, `household-${size}.mix`);
  /** 2,000 names that a cache can keep, for A. */
  cached = (): string => join(this.folder, 'cached.mix');
  /** The same for A, AAAA and HTTPS, each once. */
  warmUp = (): string => join(this.folder, 'warm-up.mix');
  /** Names that are asked once only. */
  misses = (): string => join(this.folder, 'misses.mix');

  /** The same questions as dnsperf reads them. */
  forDnsperf(mix: string): string {
    const file = mix.replace(/mix$/, 'txt');
    if (!existsSync(file)) writeFileSync(file, readFileSync(mix, 'utf8').replaceAll(/ \w$/gm, ''));
    return file;
  }

  /** Names from all over the list: some servers answer before they have read all of it. */
  spread(size: ListSize): string[] {
    const names = readFileSync(this.list(size), 'utf8').trimEnd().split('\n');
    return Array.from({ length: 50 }, (_, i) => names[Math.floor((i * (names.length - 1)) / 49)]);
  }

  /** A name that passes. */
  passing(): string {
    return readFileSync(this.warmUp(), 'utf8').split(' ', 1)[0];
  }
}

function generate(folder: string): void {
  const random = new Random(7);
  const hot = ordinaryNames(random, 2000);
  const once = ordinaryNames(random, 1000).map((name) => `miss-${name}`);
  const write = (name: string, lines: readonly string[]) => writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  const repeat = (line: () => string) => Array.from({ length: QUESTIONS }, line);
  write(
    'cached.mix',
    [...hot, ...repeat(() => random.pick(hot))].map((name) => `${name} A h`),
  );
  write(
    'warm-up.mix',
    hot.flatMap((name) => ['A', 'AAAA', 'HTTPS'].map((type) => `${name} ${type} h`)),
  );
  write(
    'misses.mix',
    once.map((name) => `${name} A m`),
  );
  const type = weighted(['A', 'AAAA', 'HTTPS'], [60, 25, 15]);
  const popular = zipf(hot);
  const all = blockListNames(Math.max(...listSizes));
  for (const size of listSizes) {
    const names = all.slice(0, size);
    write(`list-${size}.txt`, names);
    write(
      `blocked-${size}.mix`,
      repeat(() => `${random.pick(names)} A b`),
    );
    const popularBlocked = zipf(Array.from({ length: 20_000 }, () => random.pick(names)));
    write(
      `household-${size}.mix`,
      repeat(() => {
        const kind = random.next();
        if (kind < 0.25) return `${popularBlocked(random)} ${type(random)} b`;
        if (kind < 0.95) return `${popular(random)} ${type(random)} h`;
        return `${random.pick(once)} ${type(random)} m`;
      }),
    );
  }
}
