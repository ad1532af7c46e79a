import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, resolverAddress } from './lab.ts';

/** What a router's dnsmasq does for a household: addresses by DHCP, and an IPv6 prefix for phones to make theirs of. */
export async function startDhcp(router: Host, folder: string): Promise<{ leaseFile: string }> {
  const leaseFile = join(folder, 'dnsmasq.leases');
  const config = [
    'port=0',
    'user=root',
    'bind-interfaces',
    'interface=eth0',
    'dhcp-authoritative',
    'no-ping',
    'dhcp-range=10.77.0.150,10.77.0.199,255.255.255.0,1h',
    'enable-ra',
    'dhcp-range=::,constructor:eth0,ra-only,64,1h',
    `dhcp-leasefile=${leaseFile}`,
    `pid-file=${join(folder, 'pid')}`,
    `dhcp-option=6,${resolverAddress.ipv4}`,
  ];
  const file = join(folder, 'dnsmasq.conf');
  await writeFile(file, `${config.join('\n')}\n`);
  await once(router.spawn(['dnsmasq', '-d', '-C', file]).stderr!, 'data');
  return { leaseFile };
}

/** Asks for an address under a host name and takes it. @returns the address */
export async function takeLease(phone: Host, folder: string, name: string): Promise<string> {
  const script = join(folder, 'bound.sh');
  await writeFile(script, '#!/bin/sh\n[ "$1" = bound ] && ip address replace "$ip/24" dev eth0\nexit 0\n', {
    mode: 0o755,
  });
  const asking = ['udhcpc', '-i', 'eth0', '-n', '-q', '-f', '-s', script, '-x', `hostname:${name}`];
  await phone.exec(['busybox', ...asking]);
  const address = (await phone.addresses()).find((text) => text.startsWith('10.77.'));
  if (address === undefined) throw new Error(`${phone.name} got no address`);
  return address;
}

/** For a phone that hides behind privacy addresses (RFC 8981) and needs no patience. */
export const privacyExtensions = {
  'ipv6/conf/eth0/use_tempaddr': 2,
  'ipv6/conf/eth0/dad_transmits': 0,
  'ipv6/conf/eth0/router_solicitation_delay': 0,
} as const;
