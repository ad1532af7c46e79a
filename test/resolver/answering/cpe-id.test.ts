import { describe, expect, it } from 'vitest';
import { answerTo, parse, query } from './messages.ts';
import { optionsOf, withOptions } from './options.ts';
import { SmallHouse } from './small-house.ts';

const MAC = 65001;
const SUBNET = 8;
const CPE_ID = 65074;
const forwarder = '192.168.1.1';
const allowed = '1.2.3.4';
const blocked = '0.0.0.0';
const mac = Uint8Array.of(2, 0, 0, 0, 0, 1);
/** 192.168.8.20, as one host. */
const host = Uint8Array.of(0, 1, 32, 0, 192, 168, 8, 20);

const cpeId = (text: string) => [CPE_ID, Buffer.from(text)] as const;
const asks = (...options: (readonly [number, Uint8Array])[]) => withOptions(query('mistat.example'), options);

/** Anna's phone may ask for what everybody else may not. */
const houseThatKnows = (table: Parameters<SmallHouse['know']>[0]) => {
  const house = new SmallHouse((asked) => answerTo(asked, [{ type: 'A', address: allowed }]), {
    snapshot: {
      devices: [{ id: 'anna', groups: [], recording: 'attempts', purposes: { 'system-usage': { action: 'allow' } } }],
    },
    trusted: [`${forwarder}/32`],
  });
  house.know(table);
  const addressFor = async (message: Uint8Array, from = forwarder) =>
    parse((await house.ask(message, from)) as Uint8Array).answers[0].address;
  return { house, addressFor };
};

describe('a CPE-ID', () => {
  it('that is the name of a known device is that device, in whatever case', async () => {
    const { house, addressFor } = houseThatKnows({ names: [['anna-phone', 'anna']] });
    expect(await addressFor(asks(cpeId('Anna-Phone')))).toBe(allowed);
    expect(await addressFor(asks(cpeId('anna-phone'), [SUBNET, host]))).toBe(allowed);
    expect(house.unknown).toEqual([]);
  });

  it('is ignored of who is not trusted', async () => {
    const { house, addressFor } = houseThatKnows({ names: [['anna-phone', 'anna']] });
    expect(await addressFor(asks(cpeId('anna-phone')), '192.168.1.9')).toBe(blocked);
    expect(house.unknown).toEqual([{ address: '192.168.1.9' }]);
  });

  it('says less than a MAC', async () => {
    const known = { macs: [['02:00:00:00:00:01', 'ben']], names: [['anna-phone', 'anna']] } as const;
    const { addressFor } = houseThatKnows(known);
    expect(await addressFor(asks(cpeId('anna-phone'), [MAC, mac]))).toBe(blocked);
  });

  it('that nobody knows names no device: the address goes on telling who asks', async () => {
    const { house, addressFor } = houseThatKnows({ addresses: [['192.168.8.20', 'anna']] });
    expect(await addressFor(asks(cpeId('provider-4711'), [SUBNET, host]))).toBe(allowed);
    for (const id of ['provider-4711', '']) expect(await addressFor(asks(cpeId(id)))).toBe(blocked);
    expect(house.unknown).toEqual([{ address: forwarder }]);
  });

  it('stops being a device with the next table that has it no more', async () => {
    const { house, addressFor } = houseThatKnows({ names: [['anna-phone', 'anna']] });
    expect(await addressFor(asks(cpeId('anna-phone')))).toBe(allowed);
    house.know({});
    expect(await addressFor(asks(cpeId('anna-phone')))).toBe(blocked);
  });

  it('is not carried from one question to the next, and never to an upstream', async () => {
    const { house, addressFor } = houseThatKnows({ names: [['anna-phone', 'anna']] });
    expect(await addressFor(asks(cpeId('anna-phone')))).toBe(allowed);
    expect(await addressFor(asks())).toBe(blocked);
    expect(house.asked).toHaveLength(1);
    expect((optionsOf(house.asked[0]) ?? []).map(([code]) => code)).not.toContain(CPE_ID);
  });
});
