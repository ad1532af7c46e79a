import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ToAnswering } from '../../../resolver/between/messages.ts';
import { emptyPolicySnapshot } from '../../../resolver/between/policy-snapshot.ts';
import { AnsweringLink } from '../../../resolver/control/answering-link.ts';

async function aLink(threads = 1) {
  const dataDir = await mkdtemp(join(tmpdir(), 'quell-link-'));
  const posted: ToAnswering[] = [];
  const link = new AnsweringLink({ post: (message) => posted.push(message), dataDir, threads, failed: () => {} });
  onTestFinished(async () => {
    await link.stop();
    await rm(dataDir, { recursive: true });
  });
  return { link, kinds: () => posted.splice(0).map(({ kind }) => kind) };
}

const version = (version: number, more: object = {}) => ({ ...emptyPolicySnapshot, version, ...more });
const device = { id: 'd1', groups: [], purposes: {}, recording: 'attempts' as const };

test('the policy is told whole first, then what changed, and whole again to answering that begins', async () => {
  const { link, kinds } = await aLink();
  void link.usePolicy(version(1));
  expect(kinds()).toEqual(['policy']);
  void link.usePolicy(version(2, { devices: [device] }));
  expect(kinds()).toEqual(['policy-change']);
  link.tellAll();
  expect(kinds()).toEqual(['policy']);
});

test('what is noted about devices and is nothing to policy disturbs nobody', async () => {
  const { link, kinds } = await aLink();
  void link.usePolicy(version(1, { devices: [device] }));
  link.isInForce(0, 1);
  kinds();
  await link.usePolicy(version(2, { devices: [device] }));
  expect(kinds()).toEqual([]);
});

test('the device table is told by what changed in it, and whole to answering that begins', async () => {
  const { link, kinds } = await aLink();
  const table = { version: 1, addresses: [], macs: [], names: [] };
  link.useTable(table);
  link.useTable({ ...table, version: 2, addresses: [['192.168.1.7', 'd_1', '']] });
  expect(kinds()).toEqual(['devices', 'devices-change']);
  link.tellAll();
  expect(kinds()).toEqual(['devices']);
});

test('a policy is in force when every thread says so', async () => {
  const { link } = await aLink(2);
  let inForce = false;
  const told = link.usePolicy(version(1)).then(() => {
    inForce = true;
  });
  link.isInForce(0, 1);
  await Promise.resolve();
  expect(inForce).toBe(false);
  link.isInForce(1, 1);
  await told;
});

test('so is a rule-set, and answering that begins anew is told the latest', async () => {
  const { link, kinds } = await aLink(2);
  let inForce = false;
  const told = link.useRules(new SharedArrayBuffer(8)).then(() => {
    inForce = true;
  });
  void link.usePolicy(version(1));
  link.areRulesInForce(0, 1);
  link.isInForce(1, 1);
  await Promise.resolve();
  expect(inForce).toBe(false);
  kinds();
  link.tellAll();
  expect(kinds()).toEqual(['rules', 'policy']);
  link.areRulesInForce(1, 1);
  await told;
});
