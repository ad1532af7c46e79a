import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { undoOf } from '../../../../resolver/control/settings/change-history.ts';
import type { DeviceDocument } from '../../../../resolver/control/settings/documents.ts';
import { Conflict, StoreAway } from '../../../../resolver/control/store/store.ts';
import { aDevice, aHousehold, owner, silent } from './a-household.ts';
import { MemoryDocuments } from './memory-documents.ts';

const rename = (name: string) => (device: DeviceDocument | undefined) => device && { ...device, name };

test('a change is durable, in memory and told to listeners before it resolves', async () => {
  const documents = new MemoryDocuments();
  const household = await aHousehold({ documents });
  const heard: string[] = [];
  household.onChange(async (changed) => {
    await Promise.resolve();
    heard.push(...changed.map(({ kind, id }) => `${kind} ${id}`));
  });
  await household.change(owner, [{ kind: 'device', id: 'd1', value: aDevice('d1') }]);
  expect(heard).toContain('device d1');
  expect(household.policySnapshot().devices).toHaveLength(1);
  expect((await aHousehold({ documents })).get('device', 'd1')).toEqual(aDevice('d1'));
});

test('a listener that never answers delays a change by no more than a second', async () => {
  const household = await aHousehold();
  household.onChange(() => new Promise(() => {}));
  const begun = performance.now();
  await household.note([{ kind: 'device', id: 'd1', value: aDevice('d1') }]);
  expect(performance.now() - begun).toBeLessThan(2000);
});

test('two resolvers that edit the same device at once lose neither edit', async () => {
  const documents = new MemoryDocuments();
  const here = await aHousehold({ documents });
  await here.note([{ kind: 'device', id: 'd1', value: aDevice('d1') }]);
  const there = await aHousehold({ documents });
  await here.change(owner, [{ kind: 'device', id: 'd1', edit: rename('Ana’s phone') }]);
  await there.change(owner, [{ kind: 'device', id: 'd1', edit: (device) => device && { ...device, preset: 'quiet' } }]);
  expect(there.get('device', 'd1')).toMatchObject({ name: 'Ana’s phone', preset: 'quiet' });
});

test('a value that was written blindly over somebody else’s change is refused', async () => {
  const documents = new MemoryDocuments();
  const here = await aHousehold({ documents });
  await here.note([{ kind: 'device', id: 'd1', value: aDevice('d1') }]);
  const there = await aHousehold({ documents });
  await here.change(owner, [{ kind: 'device', id: 'd1', value: aDevice('d1', { name: 'Ana’s phone' }) }]);
  const blind = there.change(owner, [{ kind: 'device', id: 'd1', value: aDevice('d1', { name: 'Ben’s phone' }) }]);
  await expect(blind).rejects.toThrow(Conflict);
  expect(there.get('device', 'd1')?.name).toBe('Ana’s phone');
});

test('what another resolver changed arrives when the store says so', async () => {
  const documents = new MemoryDocuments();
  const here = await aHousehold({ documents });
  const there = await aHousehold({ documents });
  await here.note([
    { kind: 'device', id: 'd1', value: aDevice('d1') },
    { kind: 'device', id: 'd2', value: aDevice('d2') },
  ]);
  await here.note([{ kind: 'device', id: 'd2', value: undefined }]);
  const heard = new Promise<readonly string[]>((resolve) => {
    there.onChange((changed) => resolve(changed.map(({ id }) => id)));
  });
  documents.wake();
  expect(await heard).toEqual(['d1']);
  expect(there.all('device').map(({ id }) => id)).toEqual(['d1']);
});

test('when the store is away at start, the last known documents can be read and not changed', async () => {
  const documents = new MemoryDocuments();
  const mirrorFile = join(await mkdtemp(join(tmpdir(), 'quell-mirror-')), 'household.json');
  const before = await aHousehold({ documents, mirrorFile });
  await before.change(owner, [{ kind: 'device', id: 'd1', value: aDevice('d1', { preset: 'observe' }) }]);
  await before.stop();

  documents.away = true;
  const after = await aHousehold({ documents, mirrorFile, log: silent });
  expect(after.get('device', 'd1')?.preset).toBe('observe');
  expect(after.readOnly).toContain('The store is away');
  const change = after.change(owner, [{ kind: 'device', id: 'd1', edit: rename('no') }]);
  await expect(change).rejects.toThrow(StoreAway);
  expect(after.get('device', 'd1')?.name).toBeUndefined();

  documents.away = false;
  documents.wake();
  await after.change(owner, [{ kind: 'device', id: 'd1', edit: rename('yes') }]);
  expect(after.readOnly).toBeUndefined();
  expect(after.get('device', 'd1')?.name).toBe('yes');
});

test('a household whose store comes back goes on by itself', async () => {
  const documents = new MemoryDocuments();
  documents.away = true;
  const household = await aHousehold({ documents, retryEvery: 5 });
  expect(household.readOnly).toBeDefined();
  documents.away = false;
  await expect.poll(() => household.readOnly).toBeUndefined();
});

test('a damaged copy on disk is left aside', async () => {
  const { writeFile } = await import('node:fs/promises');
  const mirrorFile = join(await mkdtemp(join(tmpdir(), 'quell-mirror-')), 'household.json');
  await writeFile(mirrorFile, '{"version": 3, "docum');
  const documents = new MemoryDocuments();
  documents.away = true;
  expect((await aHousehold({ documents, mirrorFile })).all('device')).toEqual([]);
});

test('history says what changed, holds no secrets and no more than a thousand changes', async () => {
  const household = await aHousehold();
  await household.change(owner, [
    { kind: 'device', id: 'd1', value: aDevice('d1') },
    { kind: 'token', id: 'digest', value: { id: 'digest', name: 'script', scopes: ['read'], createdAt: 1 } },
  ]);
  const [first] = household.all('change');
  expect(first.documents).toEqual([{ kind: 'device', id: 'd1', before: undefined, after: aDevice('d1') }]);
  for (let i = 0; i < 1005; i++) {
    await household.change(owner, [{ kind: 'device', id: 'd1', edit: rename(`name ${i}`) }]);
  }
  expect(household.all('change')).toHaveLength(1000);
  expect(household.get('change', first.id)).toBeUndefined();
});

test('a change that changes nothing leaves no trace', async () => {
  const documents = new MemoryDocuments();
  const household = await aHousehold({ documents });
  await household.change(owner, [{ kind: 'device', id: 'd1', value: aDevice('d1') }]);
  const commits = documents.commits;
  expect(await household.change(owner, [{ kind: 'device', id: 'd1', edit: (device) => device }])).toBeUndefined();
  expect(documents.commits).toBe(commits);
});

test('undo takes back one decision and leaves what happened since', async () => {
  const household = await aHousehold();
  await household.note([{ kind: 'device', id: 'd1', value: aDevice('d1') }]);
  const choose = (purpose: 'ads' | 'location') =>
    household.change(owner, [
      {
        kind: 'device',
        id: 'd1',
        edit: (d) => d && { ...d, purposes: { ...d.purposes, [purpose]: { action: 'allow' } } },
      },
    ]);
  const ads = await choose('ads');
  await choose('location');
  await household.note([{ kind: 'device', id: 'd1', edit: (d) => d && { ...d, lastSeen: 99 } }]);
  await household.change(owner, undoOf(ads!));
  expect(household.get('device', 'd1')).toMatchObject({ purposes: { location: { action: 'allow' } }, lastSeen: 99 });
  expect(household.get('device', 'd1')?.purposes.ads).toBeUndefined();
});

test('undo of a decision that was changed again is refused', async () => {
  const household = await aHousehold();
  await household.note([{ kind: 'device', id: 'd1', value: aDevice('d1') }]);
  const first = await household.change(owner, [{ kind: 'device', id: 'd1', edit: rename('one') }]);
  await household.change(owner, [{ kind: 'device', id: 'd1', edit: rename('two') }]);
  await expect(household.change(owner, undoOf(first!))).rejects.toThrow(/undo the later change first/);
});

test('the copy on disk is readable by its owner only', async () => {
  const { stat } = await import('node:fs/promises');
  const mirrorFile = join(await mkdtemp(join(tmpdir(), 'quell-mirror-')), 'household.json');
  const household = await aHousehold({ mirrorFile });
  await household.note([{ kind: 'device', id: 'd1', value: aDevice('d1') }]);
  await household.stop();
  expect((await stat(mirrorFile)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(mirrorFile, 'utf8')).documents).toHaveLength(1);
});

test('full recording in the snapshot ends with its time, even before anybody tidied up', async () => {
  let now = 1000;
  const household = await aHousehold({ now: () => now });
  await household.note([
    { kind: 'device', id: 'd1', value: aDevice('d1', { recording: 'everything', recordingUntil: 2000 }) },
    { kind: 'device', id: 'd2', value: aDevice('d2', { recording: 'everything' }) },
  ]);
  expect(household.policySnapshot().devices.map((d) => d.recording)).toEqual(['everything', 'attempts']);
  now = 2000;
  expect(household.policySnapshot().devices[0].recording).toBe('attempts');
});

test('ten thousand devices become a snapshot, each with its choices', async () => {
  const household = await aHousehold();
  await household.note(
    Array.from({ length: 10_000 }, (_, i) => ({
      kind: 'device' as const,
      id: `d${i}`,
      value: aDevice(`d${i}`, { purposes: { ads: { action: 'allow' } }, groups: ['g1'] }),
    })),
  );
  const { devices } = household.policySnapshot();
  expect(devices).toHaveLength(10_000);
  expect(devices.every(({ purposes }) => purposes.ads?.action === 'allow')).toBe(true);
});

test('what the configuration says holds until the household chooses', async () => {
  const documents = new MemoryDocuments();
  const retention = { attemptsDays: 7, rollupDays: 30, fullLoggingHours: 2 };
  const household = await aHousehold({ documents, defaults: { retention } });
  expect(household.settings()).toMatchObject({ retention, defaultPreset: 'balanced' });
  const chosen = { ...household.settings(), retention: { ...retention, attemptsDays: 14 } };
  await household.change(owner, [{ kind: 'settings', id: 'household', value: chosen }]);
  expect((await aHousehold({ documents, defaults: { retention } })).settings()).toEqual(chosen);
});
