import ipaddr from 'ipaddr.js';
import type { Condition } from '../../lists/rule-set/rule-set.ts';

/** A `$client` part of a list's entry, by the number of its condition. */
export interface ClientCondition {
  readonly number: number;
  readonly holdsFor: (knownAs: readonly string[]) => boolean;
}

/** What lists say of clients; empty for nearly every household. */
export function clientConditions(conditions: readonly Condition[]): ClientCondition[] {
  return conditions.flatMap(({ clients }, number) => {
    if (clients === undefined) return [];
    const tests = clients.names.map(clientTest);
    const isOneOf = (knownAs: readonly string[]) => knownAs.some((called) => tests.some((test) => test(called)));
    return { number, holdsFor: (knownAs) => isOneOf(knownAs) !== clients.except };
  });
}

/** Worked out once per device, so that a question costs one look into an array: by condition, 1 where it holds. */
export function heldConditions(conditions: readonly ClientCondition[], knownAs: readonly string[]): Uint8Array {
  const held = new Uint8Array((conditions.at(-1)?.number ?? -1) + 1);
  for (const { number, holdsFor } of conditions) held[number] = holdsFor(knownAs) ? 1 : 0;
  return held;
}

/** A client is written as a name, a MAC, an address or a network. */
function clientTest(written: string): (called: string) => boolean {
  const text = written.toLowerCase();
  if (text.includes('/') && ipaddr.isValidCIDR(text)) {
    const [network, bits] = ipaddr.parseCIDR(text);
    return (called) => {
      if (!ipaddr.isValid(called)) return false;
      const address = ipaddr.process(called);
      return address.kind() === network.kind() && address.match(network, bits);
    };
  }
  const canonical = ipaddr.isValid(text)
    ? ipaddr.process(text).toString()
    : text.replace(/^(..)(-..){5}$/, dashesToColons);
  return (called) => called === canonical;
}

const dashesToColons = (mac: string): string => mac.replaceAll('-', ':');
