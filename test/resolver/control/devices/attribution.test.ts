import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sighting } from '../../../../resolver/control/devices/sighting.ts';
import { Recogniser } from './recogniser.ts';

const START = Date.UTC(2026, 0, 1);

const addressesOf = (recogniser: Recogniser) =>
  new Map(recogniser.table().addresses.map(([address, device]) => [address, device]));

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
          const recogniser = new Recogniser();
          const { recognition } = recogniser;
          recogniser.now = START + 60_000;
          for (const step of steps) {
            if ('sighting' in step) recognition.see(step.sighting);
            else recognition.admit({ address: step.asks });
          }
          const truth = new Map(uses.map(({ address, mac }) => [address, mac]));
          const devices = addressesOf(recogniser);
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
        const recogniser = new Recogniser();
        const { recognition } = recogniser;
        for (const step of stepsOf(uses)) {
          recogniser.now = step.at;
          if ('asks' in step) {
            recognition.admit({ address: step.asks });
            expect(addressesOf(recogniser).has(step.asks)).toBe(true);
            continue;
          }
          recognition.see(step.sighting);
          const { address, mac, source } = step.sighting;
          // Between the lease and the first packet both words are about to be true.
          if (source === 'neighbour') expect(addressesOf(recogniser).get(address)).toBe(recogniser.deviceWith(mac));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('no identifier ever belongs to two devices, and none is lost to the owners’ index', () => {
    fc.assert(
      fc.property(history, (uses) => {
        const { recognition } = new Recogniser();
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
