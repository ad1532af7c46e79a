import { describe, expect, test } from 'vitest';
import { A_WHILE, Door } from './door.ts';

const ANNA = '1c:cc:d6:00:00:01';
const BEN = '1c:cc:d6:00:00:02';
const REPEATER = '1c:cc:d6:00:00:03';

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
