import { once } from 'node:events';
import { type Host, resolverAddress } from './lab.ts';

/** A router's dnsmasq that asks the resolver for those behind it. @param at where they ask it */
export async function startForwarder(router: Host, at: string, options: readonly string[] = []): Promise<void> {
  const server = router.spawn([
    'dnsmasq',
    '-d',
    '--conf-file=/dev/null',
    '--no-resolv',
    '--no-hosts',
    '--user=root',
    '--pid-file=',
    '--cache-size=0',
    '--bind-interfaces',
    `--listen-address=${at}`,
    `--server=${resolverAddress.ipv4}`,
    ...options,
  ]);
  await once(server.stderr!, 'data');
}

/** As Quell's own instructions say, so that a phone can't claim to be another. */
export const tellForWhom = ['--strip-mac', '--strip-subnet', '--add-mac', '--add-subnet=32,128'] as const;

/** A repeater answers for those behind it with its own MAC, and passes on what is theirs; proxy ARP, as some do it. */
export async function answersForPhones(repeater: Host, phones: readonly { host: string; address: string }[]) {
  await repeater.setKernel('ipv4/ip_forward', 1);
  for (const { host, address } of phones)
    await repeater.exec(['ip', 'route', 'add', `${address}/32`, 'dev', `to-${host}`]);
  for (const port of ['eth0', ...phones.map(({ host }) => `to-${host}`)]) {
    await repeater.setKernel(`ipv4/conf/${port}/proxy_arp`, 1);
    await repeater.setKernel(`ipv4/neigh/${port}/proxy_delay`, 0);
  }
}

/** What is behind the router reaches the network under the router's address. */
export async function translateAddresses(router: Host, network: string): Promise<void> {
  await router.setKernel('ipv4/ip_forward', 1);
  const rule = `ip saddr ${network} oifname "eth0" masquerade`;
  await router.exec(['nft', 'add table ip home']);
  await router.exec(['nft', 'add chain ip home out { type nat hook postrouting priority srcnat; }']);
  await router.exec(['nft', `add rule ip home out ${rule}`]);
}
