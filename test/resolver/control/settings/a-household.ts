import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceDocument } from '../../../../resolver/control/settings/documents.ts';
import { Household, type HouseholdDeps } from '../../../../resolver/control/settings/household.ts';
import { MemoryDocuments } from './memory-documents.ts';

export const silent = { info() {}, warn() {}, error() {} };

export async function aHousehold(deps: Partial<HouseholdDeps> = {}): Promise<Household> {
  const folder = await mkdtemp(join(tmpdir(), 'quell-household-'));
  const household = new Household({
    documents: new MemoryDocuments(),
    mirrorFile: join(folder, 'household.json'),
    now: Date.now,
    log: silent,
    ...deps,
  });
  await household.start();
  return household;
}

export const aDevice = (id: string, parts: Partial<DeviceDocument> = {}): DeviceDocument => ({
  id,
  kind: 'phone',
  identifiers: [],
  groups: [],
  purposes: {},
  recording: 'attempts',
  firstSeen: 1,
  lastSeen: 1,
  ...parts,
});

export const owner = { by: 'owner', what: 'a test' };
