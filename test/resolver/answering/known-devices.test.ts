import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KnownDevices } from '../../../resolver/answering/known-devices.ts';
import { macNumber } from '../../../resolver/answering/mac.ts';
import type { DeviceTable } from '../../../resolver/between/device-table.ts';
import { tableChange } from '../../../resolver/between/device-table-change.ts';

const addresses = ['192.168.1.7', '192.168.1.8', 'fd00::a', 'fd00::b'];
const macs = ['1c:cc:d6:00:00:01', '1c:cc:d6:00:00:02', '02:00:00:00:00:03'];
const names = ['anna', 'ben'];
const device = fc.constantFrom('d_1', 'd_2', 'd_3');

const rows = <Row extends readonly [string, ...unknown[]]>(row: fc.Arbitrary<Row>) =>
  fc.uniqueArray(row, { selector: ([key]) => key });
const table = fc.record({
  addresses: rows(
    fc.oneof(
      fc.tuple(fc.constantFrom(...addresses), device),
      fc.tuple(fc.constantFrom(...addresses), device, fc.constantFrom('', ...macs)),
    ),
  ),
  macs: rows(fc.tuple(fc.constantFrom(...macs), device)),
  names: rows(fc.tuple(fc.constantFrom(...names), device)),
  shared: fc.option(fc.subarray(macs), { nil: undefined }),
});

const answers = (known: KnownDevices) => [
  addresses.flatMap((address) =>
    [-1, ...macs.map(macNumber)].map((mac) => [known.ofAddress(address, mac), known.disagrees(address, mac)]),
  ),
  macs.map((mac) => known.ofMac(macNumber(mac))),
  names.map((name) => known.ofName(name)),
  known.version,
];

test('tables told by what changed say the same as tables told whole', () => {
  fc.assert(
    fc.property(fc.array(table, { minLength: 1 }), (tables) => {
      const told = new KnownDevices();
      let before: DeviceTable | undefined;
      for (const [version, one] of tables.entries()) {
        const after = { ...one, version };
        if (before) told.change(tableChange(before, after)!);
        else told.use(after);
        before = after;
        const whole = new KnownDevices();
        whole.use(after);
        expect(answers(told)).toEqual(answers(whole));
      }
    }),
  );
});

test('a table in which much is new is told whole', () => {
  const empty = { version: 1, addresses: [], macs: [], names: [] };
  const row = (_: unknown, i: number) => [`10.0.${i >> 8}.${i & 255}`, 'd_1'] as const;
  expect(tableChange(empty, { ...empty, version: 2, addresses: Array.from({ length: 5000 }, row) })).toBeUndefined();
});
