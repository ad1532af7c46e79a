import { isDeepStrictEqual } from 'node:util';
import type { DevicePolicy, Rule } from '../policy/model.ts';
import type { PolicySnapshot } from './policy-snapshot.ts';

/**
 * What makes one policy snapshot of another. Reading a message stops answers, so one new rule in a large
 * household must be a small message.
 */
export interface PolicyChange extends Omit<PolicySnapshot, 'devices' | 'rules'> {
  /** Version of the snapshot that it changes. */
  readonly since: number;
  readonly devices: Changes<DevicePolicy>;
  readonly rules: Changes<Rule>;
}

interface Changes<T> {
  /** New ones, and those that are different now. */
  readonly put: readonly T[];
  readonly gone: readonly string[];
}

/** More changed than that, and a whole snapshot costs no more. */
const MOST = 2_000;

/** @returns undefined when so much changed that the whole snapshot is the better message */
export function changeBetween(before: PolicySnapshot, after: PolicySnapshot): PolicyChange | undefined {
  const devices = changes(before.devices, after.devices);
  const rules = changes(before.rules, after.rules);
  const count = [devices, rules].reduce((sum, { put, gone }) => sum + put.length + gone.length, 0);
  return count > MOST ? undefined : { ...after, since: before.version, devices, rules };
}

export function changesNothing(
  before: PolicySnapshot,
  { settings, lists, quiet, devices, rules }: PolicyChange,
): boolean {
  const same = isDeepStrictEqual([settings, lists, quiet], [before.settings, before.lists, before.quiet]);
  return same && [devices, rules].every(({ put, gone }) => put.length + gone.length === 0);
}

export function changed(before: PolicySnapshot, { since: _, ...change }: PolicyChange): PolicySnapshot {
  return { ...change, devices: apply(before.devices, change.devices), rules: apply(before.rules, change.rules) };
}

/** What is the same object in both did not change. */
function changes<T extends { readonly id: string }>(before: readonly T[], after: readonly T[]): Changes<T> {
  const old = new Map(before.map((one) => [one.id, one]));
  const put: T[] = [];
  for (const one of after) {
    if (old.get(one.id) !== one) put.push(one);
    old.delete(one.id);
  }
  return { put, gone: [...old.keys()] };
}

function apply<T extends { readonly id: string }>(before: readonly T[], { put, gone }: Changes<T>): readonly T[] {
  if (put.length === 0 && gone.length === 0) return before;
  const fresh = new Map(put.map((one) => [one.id, one]));
  const without = new Set(gone);
  const after: T[] = [];
  for (const one of before) {
    if (without.has(one.id)) continue;
    after.push(fresh.get(one.id) ?? one);
    fresh.delete(one.id);
  }
  after.push(...fresh.values());
  return after;
}
