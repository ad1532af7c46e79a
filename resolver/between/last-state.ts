import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedRuleSet, RuleSet } from '../../lists/rule-set/rule-set.ts';
import type { DeviceTable } from './device-table.ts';
import { emptyDeviceTable } from './device-table.ts';
import { emptyPolicySnapshot, type PolicySnapshot } from './policy-snapshot.ts';

/**
 * What control leaves on disk for the next start, so that answering begins with it before control is up:
 * policy, device table and rule-set, each in a file of its own below `<data>/last`.
 */
export interface LastState {
  readonly snapshot: PolicySnapshot;
  readonly table: DeviceTable;
  readonly rules: SharedArrayBuffer;
}

const file = { policy: 'policy.json', devices: 'devices.json', rules: 'rules.qrs' } as const;

/** Where the compiled rule-set of the last good lists is kept. */
export const rulesFile = (dataDir: string): string => join(dataDir, 'last', file.rules);

/**
 * @param say is told of files that can't be used
 * @returns undefined when there is no usable rule-set; policy and devices that can't be read are left empty
 */
export async function readLastState(dataDir: string, say: (sentence: string) => void): Promise<LastState | undefined> {
  const rules = await readRules(rulesFile(dataDir), say);
  if (!rules) return undefined;
  const [snapshot, table] = await Promise.all([
    readJson<PolicySnapshot>(join(dataDir, 'last', file.policy), emptyPolicySnapshot, say),
    readJson<DeviceTable>(join(dataDir, 'last', file.devices), emptyDeviceTable, say),
  ]);
  return { snapshot, table, rules };
}

export const writeLastPolicy = (dataDir: string, snapshot: PolicySnapshot): Promise<void> =>
  replaceFile(join(dataDir, 'last', file.policy), JSON.stringify(snapshot));

export const writeLastDevices = (dataDir: string, table: DeviceTable): Promise<void> =>
  replaceFile(join(dataDir, 'last', file.devices), JSON.stringify(table));

/** Whole or not at all, also when the power fails in between. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  const draft = await open(`${path}.new`, 'w');
  try {
    await draft.writeFile(content);
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${path}.new`, path);
}

/** Reads straight into memory that threads share. Damaged files are passed over and named. */
async function readRules(path: string, say: (sentence: string) => void): Promise<SharedArrayBuffer | undefined> {
  if (!existsSync(path)) return undefined;
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const buffer = new SharedArrayBuffer(size);
    await handle.read(new Uint8Array(buffer), 0, size, 0);
    RuleSet.open(buffer);
    return buffer;
  } catch (error) {
    if (!(error instanceof DamagedRuleSet)) throw error;
    say(`${path} is damaged (${error.message}); the lists are compiled anew.`);
    return undefined;
  } finally {
    await handle.close();
  }
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
