import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../resolver/control/store/open.ts';
import type { PackedText, Store } from '../../resolver/control/store/store.ts';
import { type Backend, backends } from './backends.ts';

const MEGABYTE = 2 ** 20;

test('a store of one resolver alone keeps no texts beside its disk', async () => {
  const store = await openStore('sqlite:memory-of-nobody.db', { dataDir: '', home: 'h', now: Date.now });
  expect(store.texts).toBeUndefined();
});

describe.each(Object.entries(backends).filter(([name]) => name !== 'SQLite'))('on %s', (_name, startBackend) => {
  let backend: Backend;
  let store: Store;
  beforeAll(async () => {
    backend = await startBackend();
    store = await openStore(backend.url, { dataDir: backend.dataDir, home: 'home', now: Date.now });
    await store.start();
  });
  afterAll(async () => {
    await store?.stop();
    await backend?.stop();
  });

  test('a text comes back as it was left, whatever its bytes', async () => {
    const packed = randomBytes(5 * MEGABYTE + 7);
    expect(await store.texts!.put('v1', textOf(packed), new Set())).toBe(true);
    expect(packed.equals((await left('v1'))!)).toBe(true);
    expect(await store.texts!.get('v0')).toBeUndefined();
  });

  test('a text that is there is not read to be left again', async () => {
    const unread = {
      bytes: 7,
      pieces: () => {
        throw new Error('read');
      },
    };
    expect(await store.texts!.put('v1', unread, new Set(['v1']))).toBe(true);
  });

  test('two nodes may leave the same text at once', async () => {
    const packed = randomBytes(MEGABYTE);
    const puts = [1, 2].map(() => store.texts!.put('both', textOf(packed), new Set(['v1'])));
    expect(await Promise.all(puts)).toEqual([true, true]);
    expect(packed.equals((await left('both'))!)).toBe(true);
  });

  test('a text that was left in part is not there, and is when it is left again', async () => {
    const packed = randomBytes(MEGABYTE);
    async function* cutOff() {
      yield packed.subarray(0, 300_000);
      throw new Error('the node ended');
    }
    const put = store.texts!.put('part', { bytes: packed.length, pieces: cutOff }, new Set(['v1']));
    await expect(put).rejects.toThrow('the node ended');
    expect(await store.texts!.get('part')).toBeUndefined();
    expect(await store.texts!.put('part', textOf(packed), new Set(['v1']))).toBe(true);
    expect(packed.equals((await left('part'))!)).toBe(true);
  });

  test('a text that goes while it is read ends with an error and not as half a text', async () => {
    const texts = store.texts!;
    await texts.put('going', textOf(randomBytes(MEGABYTE)), new Set(['v1']));
    const pieces = (await texts.get('going'))![Symbol.asyncIterator]();
    await pieces.next();
    await texts.put('other', textOf(randomBytes(9)), new Set(['v1']));
    await expect(pieces.next()).rejects.toThrow('removed meanwhile');
  });

  test('texts have a bounded room: what nobody needs goes, and what does not fit beside the needed stays out', async () => {
    const texts = store.texts!;
    const large = textOf(Buffer.alloc(40 * MEGABYTE));
    expect(await texts.put('v2', large, new Set())).toBe(true);
    expect(await texts.get('v1')).toBeUndefined();
    expect(await texts.put('v3', large, new Set(['v2']))).toBe(false);
    expect(await texts.get('v3')).toBeUndefined();
    expect(await texts.put('v2', large, new Set(['v2']))).toBe(true);
    expect(await texts.put('v3', large, new Set(['v3']))).toBe(true);
    expect(await texts.get('v2')).toBeUndefined();
  });

  async function left(version: string): Promise<Buffer | undefined> {
    const pieces = await store.texts!.get(version);
    return pieces && Buffer.concat(await Array.fromAsync(pieces));
  }
});

function* inPieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}

const textOf = (bytes: Uint8Array): PackedText => ({ bytes: bytes.length, pieces: () => inPieces(bytes) });
