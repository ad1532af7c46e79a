import { expect, test } from 'vitest';
import { isPublic } from '../../../../resolver/control/lists/address-guard.ts';

test.each([
  '127.0.0.1',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'fd00::1',
  '::ffff:192.168.1.1',
  '64:ff9b::c0a8:101',
  '2002:c0a8:101::',
  '',
  'router',
])('%s is not of the open internet', (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each(['9.9.9.9', '2620:fe::fe', '::ffff:9.9.9.9'])('%s is', (address) => {
  expect(isPublic(address)).toBe(true);
});
