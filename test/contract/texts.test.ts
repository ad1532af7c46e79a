import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../resolver/control/store/open.ts';
import type { Store } from '../../resolver/control/store/store.ts';
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
    const packed = randomBytes(5 * MEGABYTE);
    expect(await store.texts!.put('v1', packed, new Set())).toBe(true);
    expect(Buffer.compare((await store.texts!.get('v1'))!, packed)).toBe(0);
    expect(await store.texts!.get('v0')).toBeUndefined();
  });

  test('texts have a bounded room: what nobody needs goes, and what does not fit beside the needed stays out', async () => {
    const texts = store.texts!;
    const large = Buffer.alloc(40 * MEGABYTE);
    expect(await texts.put('v2', large, new Set())).toBe(true);
    expect(await texts.get('v1')).toBeUndefined();
    expect(await texts.put('v3', large, new Set(['v2']))).toBe(false);
    expect(await texts.get('v3')).toBeUndefined();
    expect(await texts.put('v2', large, new Set(['v2']))).toBe(true);
    expect(await texts.put('v3', large, new Set(['v3']))).toBe(true);
    expect(await texts.get('v2')).toBeUndefined();
  });
});
