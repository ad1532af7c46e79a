import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Recognition } from '../../../../resolver/control/devices/recognition.ts';
import type { Sighting } from '../../../../resolver/control/devices/sighting.ts';
import { tableOf } from '../../../../resolver/control/devices/table.ts';

const START = Date.UTC(2026, 0, 1);

const recogniser = () => {
  let at = START;
  const recognition = new Recognition({
    now: () => at,
    isDecided: () => false,
    touched: () => {},
    absorbed: () => {},
    routers: () => [],
    log: () => {},
  });
  return {
    recognition,
    advance: (to: number) => {
      at = Math.max(at, to);
    },
    table: () => {
      const { addresses } = tableOf(recognition.ownership.identities.values(), recognition.links, at);
      return new Map(addresses.map(([address, device]) => [address, device]));
    },
  };
};

const macs = Array.from({ length: 4 }, (_, i) => `1c:cc:d6:00:00:0${i + 1}`);
/** Few enough IPv4 addresses per MAC that none looks like a repeater, and all kinds of IPv6. */
const addresses = [
  '192.168.1.7',
  '192.168.1.8',
  '192.168.1.9',
  'fe80::1',
  'fe80::2',
  'fd00::a',
  '2001:db8::b',
  '2001:db8::c',
];

const link = (
  source: 'neighbour' | 'lease',
  address: string,
  mac: string,
  at: number,
): Sighting & { kind: 'link' } => ({
  kind: 'link',
  source,
  address,
  mac,
  at,
  confirmed: source === 'neighbour',
});

/** These the DHCP server gives out; its leases are as true as the kernel's word, only heard of at another time. */
const leased = new Set(['192.168.1.7', '192.168.1.8']);

/** Who used which address, one after the other: the truth that no source sees whole. */
const history = fc.array(
  fc.record({
    address: fc.constantFrom(...addresses),
    mac: fc.constantFrom(...macs),
    metByKernel: fc.boolean(),
    asks: fc.boolean(),
  }),
  { minLength: 1, maxLength: 30 },
);
type Use = typeof history extends fc.Arbitrary<(infer U)[]> ? U : never;
type Step = { at: number; sighting: Sighting & { kind: 'link' } } | { at: number; asks: string };

const stepsOf = (uses: readonly Use[]): Step[] => {
  const isTaken = (i: number) => uses.slice(0, i).some(({ address }) => address === uses[i].address);
  return uses.flatMap(({ address, mac, metByKernel, asks }, i): Step[] => {
    const at = START + (i + 1) * 1000;
    // Whoever takes an address over is met by the kernel before it is answered; a first owner may be known by its lease alone.
    const met = metByKernel || !leased.has(address) || isTaken(i);
    return [
      ...(leased.has(address) ? [{ at, sighting: link('lease', address, mac, at) }] : []),
      ...(met ? [{ at, sighting: link('neighbour', address, mac, at) }] : []),
      ...(asks ? [{ at, asks: address }] : []),
    ];
  });
};

describe('who is behind an address', () => {
  test('in whatever order neighbours, leases and questions are heard of, two addresses are one device exactly when their MAC is one', () => {
    fc.assert(
      fc.property(
        history.chain((uses) =>
          fc.tuple(fc.constant(uses), fc.shuffledSubarray(stepsOf(uses), { minLength: stepsOf(uses).length })),
        ),
        ([uses, steps]) => {
          const { recognition, advance, table } = recogniser();
          advance(START + 60_000);
          for (const step of steps) {
            if ('sighting' in step) recognition.see(step.sighting);
            else recognition.admit({ address: step.asks });
          }
          const truth = new Map(uses.map(({ address, mac }) => [address, mac]));
          const devices = table();
          expect([...devices.keys()].sort()).toEqual([...truth.keys()].sort());
          for (const [a, macA] of truth)
            for (const [b, macB] of truth)
              expect([a, b, devices.get(a) === devices.get(b)]).toEqual([a, b, macA === macB]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('heard of in order, the very next question is attributed to whoever has the address now', () => {
    fc.assert(
      fc.property(history, (uses) => {
        const { recognition, advance, table } = recogniser();
        for (const step of stepsOf(uses)) {
          advance(step.at);
          if ('asks' in step) {
            recognition.admit({ address: step.asks });
            expect(table().has(step.asks)).toBe(true);
            continue;
          }
          recognition.see(step.sighting);
          const { address, mac, source } = step.sighting;
          // Between the lease and the first packet both words are about to be true.
          if (source === 'neighbour') expect(table().get(address)).toBe(recognition.ownership.ownerOf('mac', mac)?.id);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('no identifier ever belongs to two devices, and none is lost to the owners’ index', () => {
    fc.assert(
      fc.property(history, (uses) => {
        const { recognition } = recogniser();
        for (const step of stepsOf(uses))
          if ('asks' in step) recognition.admit({ address: step.asks });
          else recognition.see(step.sighting);
        const all = [...recognition.ownership.identities.values()].flatMap((identity) =>
          [...identity.identifiers.values()].map(({ kind, value }) => [kind, value, identity] as const),
        );
        expect(new Set(all.map(([kind, value]) => `${kind} ${value}`)).size).toBe(all.length);
        for (const [kind, value, identity] of all) expect(recognition.ownership.ownerOf(kind, value)).toBe(identity);
      }),
    );
  });
});
