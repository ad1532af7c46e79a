import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readIncoming } from '../../../../resolver/control/lists/incoming-text.ts';
import { readKept, sha256 } from '../../../../resolver/control/lists/kept-text.ts';
import { shelve } from '../../../../resolver/control/lists/shelve.ts';
import { spool } from '../../../../resolver/control/lists/spool.ts';

const MB = 2 ** 20;
const list = Buffer.from('ads.example.com\nother.example.com\n');
const bomb = gzipSync(Buffer.alloc(80 * MB, 'a'), { level: 9 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-incoming-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = () => join(folder, 'a.spool');

/** What a server sent, as it lies in the spool. */
function sent(bytes: Uint8Array, encoding = '') {
  writeFileSync(path(), bytes);
  return { spool: path(), host: 'lists.example', encoding };
}

/** What another resolver left under the name of a version. */
function left(bytes: Uint8Array, version: string) {
  writeFileSync(path(), bytes);
  return { spool: path(), version };
}

function own(name: string) {
  return { address: `file:${name}`, folder };
}

describe('what came is unpacked', () => {
  test.each([
    ['as it is', list, ''],
    ['packed for the way', gzipSync(list), 'gzip'],
    ['packed by its publisher', gzipSync(list), ''],
    ['packed by its publisher and for the way', gzipSync(gzipSync(list)), ' x-gzip '],
    ['with a byte-order mark', Buffer.concat([Buffer.from('\ufeff'), list]), ''],
  ])('%s', (_how, bytes, encoding) => {
    expect(Buffer.from(readIncoming(sent(bytes, encoding), MB))).toEqual(list);
  });

  test('and its spool is gone', () => {
    readIncoming(sent(Buffer.alloc(700_000, 'a\n')), MB);
    expect(existsSync(path())).toBe(false);
  });

  test('nothing at all is no damaged archive', () => {
    expect(readIncoming(sent(Buffer.alloc(0), 'gzip'), MB).length).toBe(0);
  });
});

describe('what holds more than a list may have is refused in a sentence', () => {
  test.each([
    ['a plain text', Buffer.alloc(MB + 1, 'a'), ''],
    ['an archive', bomb, 'gzip'],
    ['an archive that is called a text', bomb, ''],
    ['an archive within an archive', gzipSync(bomb), 'gzip'],
  ])('%s', (_what, bytes, encoding) => {
    expect(() => readIncoming(sent(bytes, encoding), MB)).toThrow(
      /^The list is larger than 1 MB, which is the most a list may have\.$/,
    );
  });

  test('without ever being held', () => {
    const packed = sent(gzipSync(Buffer.alloc(512 * MB), { level: 9 }), 'gzip');
    const before = process.memoryUsage.rss();
    expect(() => readIncoming(packed, MB)).toThrow('larger than');
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * MB);
  });

  test('also when another resolver left it', () => {
    expect(() => readIncoming(left(zstdCompressSync(Buffer.alloc(80 * MB)), 'v'), MB)).toThrow();
  });
});

describe('what is damaged is refused in a sentence', () => {
  test.each([
    ['half an archive', gzipSync(list).subarray(0, 20), 'lists.example sent only a part of the list.'],
    [
      'an archive with a wrong byte',
      Buffer.concat([gzipSync(list).subarray(0, 12), Buffer.from('damaged'), gzipSync(list).subarray(19)]),
      'lists.example sent a damaged archive.',
    ],
  ])('%s', (_what, bytes, says) => {
    expect(() => readIncoming(sent(bytes, 'gzip'), MB)).toThrow(says);
  });
});

describe('a file of the household’s own', () => {
  test('is read below the folder', () => {
    mkdirSync(join(folder, 'kids'));
    writeFileSync(join(folder, 'kids/my games.txt'), list);
    expect(Buffer.from(readIncoming(own('kids/my%20games.txt'), MB))).toEqual(list);
    expect(existsSync(join(folder, 'kids/my games.txt'))).toBe(true);
  });

  test('may be a link within it, and not one out of it', () => {
    mkdirSync(join(folder, 'lists'));
    writeFileSync(join(folder, 'secret.txt'), list);
    writeFileSync(join(folder, 'lists/mine.txt'), list);
    symlinkSync('mine.txt', join(folder, 'lists/inside.txt'));
    symlinkSync('../secret.txt', join(folder, 'lists/outside.txt'));
    const within = (name: string) => ({ address: `file:${name}`, folder: join(folder, 'lists') });
    expect(readIncoming(within('inside.txt'), MB).length).toBe(list.length);
    for (const name of ['outside.txt', '../secret.txt', '%2e%2e/secret.txt', '.', '']) {
      expect(() => readIncoming(within(name), MB)).toThrow(/^Lists are read from the folder .* only\.$/);
    }
  });

  test('that is none is not waited for', () => {
    mkdirSync(join(folder, 'folder.txt'));
    execFileSync('mkfifo', [join(folder, 'pipe.txt')]);
    expect(() => readIncoming(own('folder.txt'), MB)).toThrow('The file folder.txt could not be read (it is no file).');
    expect(() => readIncoming(own('pipe.txt'), MB)).toThrow('The file pipe.txt could not be read (it is no file).');
    expect(() => readIncoming(own('gone.txt'), MB)).toThrow('There is no file gone.txt in the folder for lists');
  });

  test('that is too large is not read at all', () => {
    execFileSync('truncate', ['-s', '100G', join(folder, 'huge.txt')]);
    expect(() => readIncoming(own('huge.txt'), MB)).toThrow('The list is larger than 1 MB');
  });
});

describe('on the shelf', () => {
  const kept = () => readdirSync(folder).filter((name) => name !== 'mine.txt');
  const task = (text: Parameters<typeof readIncoming>[0], known: string[] = []) =>
    shelve({ text, known, folder, limit: MB, names: ['other.example.com'] });

  test('a new text is kept under its hash', () => {
    const { version, inspection } = task(sent(gzipSync(list), 'gzip'));
    expect(version).toBe(sha256(list));
    expect(inspection).toMatchObject({ bytes: list.length, entries: { block: 2 }, blocks: ['other.example.com'] });
    expect(kept()).toEqual([`${version}.zst`]);
    expect(Buffer.from(readKept(join(folder, `${version}.zst`)))).toEqual(list);
  });

  test('a known one is only named', () => {
    expect(task(sent(list), [sha256(list)])).toEqual({ version: sha256(list) });
    expect(kept()).toEqual([]);
  });

  test('what is no list leaves nothing', () => {
    expect(() => task(sent(Buffer.from('<!doctype html><html>')))).toThrow('It is a web page, not a list');
    expect(() => task(sent(Buffer.from('# nothing\n')))).toThrow('It looks like no list that Quell can read.');
    expect(kept()).toEqual([]);
  });

  test('what another resolver left is kept only when it is what its name says', () => {
    expect(task(left(zstdCompressSync(list), sha256(list))).version).toBe(sha256(list));
    expect(kept()).toEqual([`${sha256(list)}.zst`]);
    const other = zstdCompressSync(Buffer.from('forged.example.com\n'));
    expect(() => task(left(other, sha256(list)))).toThrow('The kept copy of a list is damaged.');
    expect(() => task(left(Buffer.from('no archive'), sha256(list)))).toThrow();
    expect(kept()).toEqual([`${sha256(list)}.zst`]);
  });
});

describe('into the spool', () => {
  async function* chunks(...sizes: number[]) {
    for (const size of sizes) yield Buffer.alloc(size, size % 251);
  }

  test('goes what comes, in whatever pieces', async () => {
    const sizes = [1, 70_000, 300_000, 65_536, 0, 5];
    await spool(path(), chunks(...sizes), MB);
    const all = Buffer.concat(sizes.map((size) => Buffer.alloc(size, size % 251)));
    expect(all.equals(readIncoming({ spool: path() }, MB))).toBe(true);
  });

  test('goes no more than a list may have, and the stream ends there', async () => {
    let ended = false;
    async function* endless() {
      try {
        for (;;) yield Buffer.alloc(100_000);
      } finally {
        ended = true;
      }
    }
    await expect(spool(path(), endless(), MB)).rejects.toThrow('The list is larger than 1 MB');
    expect(ended).toBe(true);
  });

  test('goes nothing where there is no room, which is told in a sentence', async () => {
    writeFileSync(path(), 'taken');
    await expect(spool(path(), chunks(5), MB)).rejects.toThrow(/^The list could not be written to the disk \(EEXIST/);
  });
});
