import { expect, test } from 'vitest';
import { DeviceDocuments } from '../../../../resolver/control/settings/device-documents.ts';
import { aDevice, aHousehold } from './a-household.ts';

const mac = { kind: 'mac', value: '02:00:00:00:00:07', source: 'neighbour', firstSeen: 1, lastSeen: 2 } as const;

test('what was seen never overwrites what a person decided while it was on its way', async () => {
  const household = await aHousehold();
  const documents = new DeviceDocuments({ household });
  await documents.change('quell', [{ id: 'd1', value: aDevice('d1', { kind: 'unknown' }) }]);
  const stale = documents.all()[0];
  const decided = household.change({ by: 'owner', what: 'named' }, [
    {
      kind: 'device',
      id: 'd1',
      edit: (device) => device && { ...device, name: 'Ana’s phone', kind: 'tablet', preset: 'quiet' },
    },
  ]);
  const seen = documents.change('quell', [
    { id: 'd1', value: { ...stale, kind: 'phone', identifiers: [mac], lastSeen: 9 } },
  ]);
  await Promise.all([decided, seen]);
  expect(household.get('device', 'd1')).toMatchObject({
    name: 'Ana’s phone',
    kind: 'tablet',
    preset: 'quiet',
    identifiers: [mac],
    lastSeen: 9,
  });
  expect(household.all('change').map(({ what }) => what)).toEqual(['named']);
});

test('devices that people merge take their rules along, in one change that can be undone', async () => {
  const household = await aHousehold();
  const documents = new DeviceDocuments({ household });
  const rule = { target: { kind: 'everything' }, action: 'block', createdAt: 1 } as const;
  await household.note([
    { kind: 'device', id: 'd1', value: aDevice('d1', { name: 'Ana’s phone' }) },
    { kind: 'device', id: 'd2', value: aDevice('d2', { suggestedName: 'Redmi' }) },
    { kind: 'rule', id: 'r1', value: { ...rule, id: 'r1', scope: { kind: 'device', id: 'd2' } } },
    { kind: 'rule', id: 'r2', value: { ...rule, id: 'r2', scope: { kind: 'everyone' } } },
  ]);
  await documents.change('owner', [
    { id: 'd1', value: aDevice('d1', { name: 'Ana’s phone', identifiers: [mac] }) },
    { id: 'd2' },
  ]);
  expect(household.all('rule').map(({ scope }) => scope)).toEqual([{ kind: 'device', id: 'd1' }, { kind: 'everyone' }]);
  expect(household.all('change')).toMatchObject([
    {
      by: 'owner',
      what: 'Merged into one device: Ana’s phone, Redmi',
      documents: [{ id: 'd1' }, { id: 'd2' }, { id: 'r1' }],
    },
  ]);
});

test('what one person says a device is never takes back the name that another gave it meanwhile', async () => {
  const household = await aHousehold();
  const documents = new DeviceDocuments({ household });
  await documents.change('quell', [{ id: 'd1', value: aDevice('d1', { preset: 'quiet' }) }]);
  const stale = documents.all()[0];
  const named = household.change({ by: 'owner', what: 'named' }, [
    { kind: 'device', id: 'd1', edit: (device) => device && { ...device, name: 'Ana’s phone' } },
  ]);
  const regrouped = documents.change('owner', [{ id: 'd1', value: { ...stale, identifiers: [mac] } }]);
  await Promise.all([named, regrouped]);
  expect(household.get('device', 'd1')).toMatchObject({ name: 'Ana’s phone', preset: 'quiet', identifiers: [mac] });
});
