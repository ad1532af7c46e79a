import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cache } from '../../../../resolver/answering/cache/cache.ts';
import { CacheFile } from '../../../../resolver/answering/cache/cache-file.ts';
import { packAnswer } from '../../../../resolver/answering/cache/packed-answer.ts';
import { HashedName } from '../../../../resolver/policy/hashed-name.ts';
import { answerTo, query } from '../messages.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quell-cache-'));
});
afterAll(() => rm(folder, { recursive: true }));

const HOUR = 3_600_000;
let files = 0;

function name(text: string): HashedName {
  const hashed = new HashedName();
  expect(hashed.readText(text)).toBe(true);
  return hashed;
}

function packed(text: string, ttl: number): Uint8Array {
  return packAnswer(answerTo(query(text), [{ type: 'A', address: '1.2.3.4', ttl }])) as Uint8Array;
}

/** One run of the product: its cache, its file, and its clocks in milliseconds. */
class Run {
  readonly cache = new Cache(1 << 23);
  readonly said: string[] = [];
  readonly file: CacheFile;

  constructor(path: string, options: { mono: number; wall: number; fingerprint?: string }) {
    this.file = new CacheFile({
      cache: this.cache,
      path,
      fingerprint: options.fingerprint ?? 'the same',
      now: () => options.mono,
      wallClock: () => options.wall,
      say: (sentence) => this.said.push(sentence),
    });
  }

  keep(text: string, ttl: number, seconds: number, found = 3): void {
    this.cache.store(name(text), 1, packed(text, ttl), seconds);
    for (let i = 0; i < found; i++) this.cache.find(name(text), 1, seconds);
  }
}

/** A run that ends at 1,000 seconds of its own clock with what `fill` puts into its cache. */
async function endedRun(fill: (run: Run) => void): Promise<string> {
  const path = join(folder, 'last', `answers-${files++}.bin`);
  const run = new Run(path, { mono: 1_000_000, wall: 100 * HOUR });
  fill(run);
  await run.file.stop();
  expect(run.said).toEqual([]);
  return path;
}

async function nextRun(path: string, options: { wall: number; fingerprint?: string }): Promise<Run> {
  // A process that has only just begun: what it takes over is older than its clock.
  const run = new Run(path, { mono: 2_000, ...options });
  await run.file.start();
  return run;
}

describe('a restart', () => {
  it('keeps popular answers with the time that they have left', async () => {
    const path = await endedRun((run) => run.keep('a.example', 600, 900));
    const { cache } = await nextRun(path, { wall: 100 * HOUR + 30_000 });
    expect(cache.find(name('A.example'), 1, 2)).toBe(true);
    expect(cache.found).toMatchObject({ age: 130, left: 470, outcome: 'cached' });
    const { bytes, at, length } = cache.found;
    expect(Buffer.compare(bytes.subarray(at, at + length), packed('a.example', 600))).toBe(0);
    expect(cache.find(name('a.example'), 1, 2 + 471) && cache.found.outcome).toBe('stale');
  });

  it('drops what nobody asked for again, and what expired before or meanwhile', async () => {
    const path = await endedRun((run) => {
      run.keep('rare.example', 600, 990, 0);
      run.keep('expired.example', 60, 900);
      run.keep('short.example', 60, 990);
      run.keep('long.example', 600, 990);
    });
    const { cache } = await nextRun(path, { wall: 100 * HOUR + 60_000 });
    expect(cache.size).toBe(1);
    expect(cache.find(name('long.example'), 1, 2)).toBe(true);
  });

  it('takes nothing over when settings changed, the clock went back, or the file is damaged', async () => {
    const path = await endedRun((run) => run.keep('a.example', 600, 990));
    expect((await nextRun(path, { wall: 100 * HOUR, fingerprint: 'other upstreams' })).cache.size).toBe(0);
    expect((await nextRun(path, { wall: 99 * HOUR })).cache.size).toBe(0);
    const content = await readFile(path);
    for (const at of [0, 5, 12, 25, content.length - 1]) {
      const damaged = Buffer.from(content);
      damaged[at] ^= 1;
      await writeFile(path, damaged);
      expect((await nextRun(path, { wall: 100 * HOUR })).cache.size, `octet ${at}`).toBe(0);
    }
    await writeFile(path, content.subarray(0, content.length - 7));
    expect((await nextRun(path, { wall: 100 * HOUR })).cache.size).toBe(0);
    await writeFile(path, content);
    expect((await nextRun(path, { wall: 100 * HOUR })).cache.size).toBe(1);
  });

  it('without a file begins empty and says nothing; a folder that can not be written is named', async () => {
    expect((await nextRun(join(folder, 'none'), { wall: 0 })).said).toEqual([]);
    await writeFile(join(folder, 'taken'), '');
    const run = new Run(join(folder, 'taken', 'answers.bin'), { mono: 0, wall: 0 });
    await run.file.stop();
    expect(run.said.join()).toContain("Cached answers can't be kept for the next start");
  });

  it('keeps the most popular when there are too many', async () => {
    const path = await endedRun((run) => {
      const large = new Uint8Array(60_000);
      large.set(packed('a.example', 600).subarray(0, 16));
      for (let i = 0; i < 50; i++) {
        const text = `n${i}.example`;
        run.cache.store(name(text), 16, large, 990);
        for (let hits = 0; hits < 2 + i; hits++) run.cache.find(name(text), 16, 990);
      }
    });
    expect((await readFile(path)).length).toBeLessThan(2.1 * 2 ** 20);
    expect((await nextRun(path, { wall: 100 * HOUR })).cache.find(name('n49.example'), 16, 2)).toBe(true);
    expect((await readdir(join(folder, 'last'))).filter((file) => file.endsWith('.new'))).toEqual([]);
  });
});

it('one name is forgotten with all its types, and no other', () => {
  const cache = new Cache(1 << 20);
  for (const text of ['a.example', 'b.example', 'x.a.example']) {
    for (const key of [1, 28, 65]) cache.store(name(text), key, packed(text, 60), 0);
  }
  cache.forget(name('A.Example'));
  for (const key of [1, 28, 65]) {
    expect(cache.find(name('a.example'), key, 0)).toBe(false);
    expect(cache.find(name('b.example'), key, 0)).toBe(true);
    expect(cache.find(name('x.a.example'), key, 0)).toBe(true);
  }
  cache.store(name('a.example'), 1, packed('a.example', 60), 0);
  expect(cache.find(name('a.example'), 1, 0)).toBe(true);
  expect(cache.size).toBe(7);
});
