import { expect, test } from 'vitest';
import { createLab, labMissing, phoneOptions, resolverAddress } from './lab.ts';

test.skipIf(labMissing())('the kernel says at once which hardware is behind an address', async () => {
  await using lab = await createLab({ phones: 1 });
  const [phone] = lab.phones;
  // Nobody listens; the phone has to find the resolver all the same.
  for (const server of [resolverAddress.ipv4, resolverAddress.ipv6])
    await phone.dig('x.test', { server, more: ['+time=1'] }).catch(() => {});
  const { mac } = phoneOptions(1);
  const script = new URL('neighbour-looker.ts', import.meta.url).pathname;
  const addresses = ['10.77.0.101', 'fd77::101', '10.77.0.102', 'fd77::102', '192.0.2.1', resolverAddress.ipv4];
  const said = JSON.parse(await lab.resolver.exec([process.execPath, script, ...addresses])) as Record<
    'netlink' | 'file',
    { macs: (string | null)[]; microseconds: number }
  >;
  expect(said.netlink.macs).toEqual([mac, mac, null, null, null, null]);
  expect(said.file.macs).toEqual([mac, null, null, null, null, null]);
  // A look that took a millisecond would hold up a batch of questions.
  expect(said.netlink.microseconds).toBeLessThan(1000);
});
