import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { readSnapshot } from '../../lists/compile-snapshot.ts';
import type { RuleSet } from '../../lists/rule-set/rule-set.ts';
import type { DeviceTable } from './device-table.ts';
import { emptyDeviceTable } from './device-table.ts';
import { emptyPolicySnapshot, type PolicySnapshot } from './policy-snapshot.ts';

/**
 * What control leaves on disk for the next start, so that answering begins with it before control is up:
 * policy, device table and rule-set, each in a file of its own.
 */
export interface LastState {
  readonly snapshot: PolicySnapshot;
  readonly table: DeviceTable;
  readonly ruleSet: RuleSet;
}

/** Where the compiled rule-set of the last good lists is kept. */
export const ruleSetFolder = (dataDir: string): string => join(dataDir, 'rule-set');

const policyFile = (dataDir: string): string => join(dataDir, 'last', 'policy.json');
const devicesFile = (dataDir: string): string => join(dataDir, 'last', 'devices.json');

/**
 * @param say is told of files that can't be used
 * @returns undefined when there is no usable rule-set; policy and devices that can't be read are left empty
 */
export async function readLastState(dataDir: string, say: (sentence: string) => void): Promise<LastState | undefined> {
  const ruleSet = readSnapshot(ruleSetFolder(dataDir));
  if (!ruleSet) return undefined;
  const [snapshot, table] = await Promise.all([
    readJson<PolicySnapshot>(policyFile(dataDir), emptyPolicySnapshot, say),
    readJson<DeviceTable>(devicesFile(dataDir), emptyDeviceTable, say),
  ]);
  return { snapshot, table, ruleSet };
}

export const writeLastPolicy = (dataDir: string, snapshot: PolicySnapshot): Promise<void> =>
  replaceFile(policyFile(dataDir), JSON.stringify(snapshot));

export const writeLastDevices = (dataDir: string, table: DeviceTable): Promise<void> =>
  replaceFile(devicesFile(dataDir), JSON.stringify(table));

/** Whole or not at all, also when the power fails in between. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  const draft = await open(`${path}.new`, 'w', 0o600);
  try {
    await draft.writeFile(content);
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${path}.new`, path);
}

async function readJson<T>(path: string, otherwise: T, say: (sentence: string) => void): Promise<T> {
  if (!existsSync(path)) return otherwise;
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch {
    say(`${path} is damaged; it is written anew as soon as the household's settings are read.`);
    return otherwise;
  }
}
