import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Clients } from '../../../resolver/answering/identify.ts';
import { macNumber } from '../../../resolver/answering/mac.ts';
import type { DeviceTable, UnknownClient } from '../../../resolver/between/device-table.ts';
import { emptyDeviceTable } from '../../../resolver/between/device-table.ts';
import { emptyPolicySnapshot } from '../../../resolver/between/policy-snapshot.ts';
import { Recognition } from '../../../resolver/control/devices/recognition.ts';
import type { Sighting } from '../../../resolver/control/devices/sighting.ts';
import { tableOf } from '../../../resolver/control/devices/table.ts';
import { Matcher } from '../../../resolver/policy/matcher.ts';
import { Policy } from '../../../resolver/policy/policy.ts';
import { Question } from '../../../resolver/wire/question.ts';
import { packOf } from './small-house.ts';

const ANNA = '1c:cc:d6:00:00:01';
const BEN = '1c:cc:d6:00:00:02';
const REPEATER = '1c:cc:d6:00:00:03';
/** Longer than an address may be quiet before it is looked at again. */
const A_WHILE = 6_000;

const noRegex = (): never => {
  throw new Error('no expression expected');
};

/** Answering's view of who asks, with a kernel whose neighbour table is in the test's hands. */
class Door {
  now = 1_000;
  looks = 0;
  mayLook = true;
  readonly kernel = new Map<string, string>();
  readonly noted: UnknownClient[] = [];
  readonly clients: Clients;

  constructor(table: Partial<DeviceTable> = {}) {
    this.clients = new Clients({
      trustedForwarders: [],
      policy: new Policy(emptyPolicySnapshot, new Matcher(packOf({}), noRegex), noRegex),
      neighbours: {
        mayLook: () => this.mayLook,
        macOf: (address) => {
          this.looks++;
          const mac = this.kernel.get(address);
          return mac === undefined ? -1 : macNumber(mac);
        },
        isNear: (address) => address.startsWith('192.168.1.') || address.startsWith('fd00::'),
      },
      unknown: (client) => this.noted.push(client),
    });
    this.know(table);
  }

  know(table: Partial<DeviceTable>): void {
    this.clients.useTable({ ...emptyDeviceTable, ...table });
  }

  /** @returns the device that the next question from the address is taken for; the address itself for a stranger */
  ask(address: string): string {
    return this.clients.device(this.clients.ofText(address), new Question(), new Uint8Array(), this.now).id;
  }
}

const twoPhones = [
  [ANNA, 'anna'],
  [BEN, 'ben'],
] as const;

describe('who asks', () => {
  test('a known phone is itself from the first question under a new address', () => {
    const door = new Door({ macs: twoPhones });
    door.kernel.set('fd00::beef', ANNA);
    expect(door.ask('fd00::beef')).toBe('anna');
    expect(door.noted).toEqual([]);
  });

  test('a stranger is noted with the MAC that the kernel has for it', () => {
    const door = new Door({ macs: twoPhones });
    door.kernel.set('192.168.1.9', '62:25:6f:00:00:01');
    expect(door.ask('192.168.1.9')).toBe('192.168.1.9');
    expect(door.noted).toEqual([{ address: '192.168.1.9', neighbour: '62:25:6f:00:00:01' }]);
  });

  test('an address that passed to another phone while it was quiet is that phone’s', () => {
    const door = new Door({ macs: twoPhones, addresses: [['192.168.1.7', 'anna', ANNA]] });
    door.kernel.set('192.168.1.7', ANNA);
    expect(door.ask('192.168.1.7')).toBe('anna');
    door.now += A_WHILE;
    door.kernel.set('192.168.1.7', BEN);
    expect(door.ask('192.168.1.7')).toBe('ben');
  });

  test('a table that knows better than the last look holds until the kernel is asked again', () => {
    const door = new Door({ macs: twoPhones, addresses: [['192.168.1.7', 'anna', ANNA]] });
    door.kernel.set('192.168.1.7', ANNA);
    door.ask('192.168.1.7');
    door.kernel.set('192.168.1.7', BEN);
    door.know({ macs: twoPhones, addresses: [['192.168.1.7', 'ben', BEN]] });
    expect(door.ask('192.168.1.7')).toBe('ben');
  });

  test('a change of a table that never came changes nothing', () => {
    const door = new Door({ version: 7, macs: twoPhones, addresses: [['192.168.1.7', 'anna']] });
    const none = { put: [], gone: [] };
    const gone = { put: [], gone: ['192.168.1.7'] };
    const change = { version: 9, addresses: gone, macs: none, names: none, shared: [] };
    expect(door.clients.changeTable({ ...change, since: 8 })).toBe(false);
    expect(door.ask('192.168.1.7')).toBe('anna');
    expect(door.clients.changeTable({ ...change, since: 7 })).toBe(true);
    expect(door.ask('192.168.1.7')).toBe('192.168.1.7');
  });

  test('what a person gave to a device, and what hides behind a shared MAC, stays where the table has it', () => {
    const door = new Door({
      macs: [...twoPhones, [REPEATER, 'repeater']],
      shared: [REPEATER],
      addresses: [
        ['192.168.1.7', 'anna'],
        ['192.168.1.8', 'anna', ANNA],
      ],
    });
    door.kernel.set('192.168.1.7', BEN);
    door.kernel.set('192.168.1.8', REPEATER);
    door.kernel.set('192.168.1.9', REPEATER);
    expect(['192.168.1.7', '192.168.1.8', '192.168.1.9'].map((address) => door.ask(address))).toEqual([
      'anna',
      'anna',
      '192.168.1.9',
    ]);
  });

  test('a phone that keeps asking costs one look, and one from behind a router one a second', () => {
    const door = new Door({ macs: twoPhones });
    door.kernel.set('192.168.1.7', ANNA);
    for (let i = 0; i < 1000; i++, door.now += 10) door.ask('192.168.1.7');
    expect(door.looks).toBe(1);
    door.looks = 0;
    for (let i = 0; i < 1000; i++, door.now += 10) door.ask('10.9.9.9');
    expect(door.looks).toBe(10);
  });

  test('when too many have been looked for, what the table says holds until there is room again', () => {
    const door = new Door({ macs: twoPhones });
    door.kernel.set('192.168.1.7', ANNA);
    door.mayLook = false;
    expect(door.ask('192.168.1.7')).toBe('192.168.1.7');
    door.mayLook = true;
    expect(door.ask('192.168.1.7')).toBe('anna');
  });

  test('one whom neither table nor kernel knows waits for the wire once, and is noted only then', () => {
    const door = new Door({ macs: twoPhones });
    const client = door.clients.ofText('fd00::beef');
    door.ask('fd00::beef');
    expect(client.isUnsettled).toBe(true);
    expect(door.noted).toEqual([]);
    door.kernel.set('fd00::beef', BEN);
    door.clients.settle(client, door.now);
    expect(door.ask('fd00::beef')).toBe('ben');
    const far = door.clients.ofText('10.9.9.9');
    door.ask('10.9.9.9');
    expect(far.isUnsettled).toBe(false);
    expect(door.noted).toEqual([{ address: '10.9.9.9' }]);
  });
});

const macs = [ANNA, BEN, REPEATER, '1c:cc:d6:00:00:04'];
/** Few enough IPv4 addresses that nobody looks like a repeater. */
const addresses = ['192.168.1.7', '192.168.1.8', 'fd00::a', 'fd00::b', '2001:db8::c'];
const leased = (address: string) => address.startsWith('192.');

/** A phone takes an address; control hears what came next, or is read by answering; somebody asks. */
const step = fc.oneof(
  fc.record({ takes: fc.constantFrom(...addresses), mac: fc.constantFrom(...macs) }),
  fc.constant('control hears' as const),
  fc.constant('table arrives' as const),
  fc.record({ asks: fc.constantFrom(...addresses) }),
);

describe('who asks, whatever control has heard', () => {
  test('for any order of neighbours, leases, tables and questions the next question is its asker’s', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const door = new Door();
        let at = Date.UTC(2026, 0, 1);
        const recognition = new Recognition({
          now: () => at,
          isDecided: () => false,
          touched: () => {},
          absorbed: () => {},
          routers: () => [],
          log: () => {},
        });
        // A lease alone, without what the kernel saw after it, may as well be that of one behind a repeater.
        let underWay: (Sighting & { kind: 'link' })[][] = [];
        let known = new Map<string, string>();
        const publish = () => {
          const rows = tableOf(recognition.ownership.identities.values(), recognition.links, at);
          known = new Map(rows.macs);
          door.know(rows);
        };
        for (const one of steps) {
          // An address is quiet for a while before somebody else takes it; all else follows at once.
          const passed = typeof one === 'object' && 'takes' in one ? A_WHILE : 10;
          at += passed;
          door.now += passed;
          if (one === 'table arrives') publish();
          else if (one === 'control hears') {
            for (const sighting of underWay.shift() ?? []) recognition.see(sighting);
          } else if ('takes' in one) {
            const { takes: address, mac } = one;
            door.kernel.set(address, mac);
            const link = { kind: 'link', address, mac, at } as const;
            const met = { ...link, source: 'neighbour', confirmed: true } as const;
            underWay.push(leased(address) ? [{ ...met, source: 'lease' }, met] : [met]);
          } else {
            const mac = door.kernel.get(one.asks);
            // Nobody asks from an address before its lease is written, which is what control reads. Were leases heard of
            // seconds later than questions, a phone on two addresses leased to others would be taken for a repeater.
            const isOf = ([{ address }]: readonly { address: string }[]) => leased(address) && address === one.asks;
            for (const sighting of underWay.filter(isOf).flat()) recognition.see(sighting);
            underWay = underWay.filter((sightings) => !isOf(sightings));
            door.ask(one.asks);
            const client = door.clients.ofText(one.asks);
            if (client.isUnsettled) door.clients.settle(client, door.now);
            const asked = door.ask(one.asks);
            // Hardware that control has not heard of has no rules yet: it is a stranger, and nobody else.
            if (mac !== undefined) expect(asked).toBe(known.get(mac) ?? one.asks);
            for (const client of door.noted.splice(0)) recognition.admit(client);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
