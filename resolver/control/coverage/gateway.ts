import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { canonicalAddress } from '../devices/address.ts';

const run = promisify(execFile);

/** Addresses of the default gateways, IPv4 and IPv6: the household's router. Empty where nothing tells. */
export const defaultGateways = async (ip = 'ip'): Promise<string[]> => {
  const answers = await Promise.all([routes(ip, '-4'), routes(ip, '-6')]);
  const known = answers.flatMap((text) => parseRoutes(text ?? ''));
  if (answers[0] !== undefined) return known;
  return parseRouteTable(await readFile('/proc/net/route', 'latin1').catch(() => ''));
};

const routes = async (ip: string, family: string): Promise<string | undefined> => {
  try {
    return (await run(ip, [family, 'route', 'show', 'default'], { timeout: 5_000 })).stdout;
  } catch {
    return undefined;
  }
};

/** Lines of `ip route`: "default via 192.168.1.1 dev eth0 proto dhcp". */
export const parseRoutes = (text: string): string[] =>
  [...text.matchAll(/^\s*default\b.*?\bvia (?:inet6 )?(\S+)/gm)].flatMap(
    ([, address]) => canonicalAddress(address) ?? [],
  );

/** /proc/net/route: destination and gateway in hex, in the byte order of a little-endian machine. */
export const parseRouteTable = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [, destination, gateway] = line.split('\t');
    if (destination !== '00000000' || !/^[0-9A-F]{8}$/.test(gateway) || gateway === '00000000') return [];
    return gateway
      .match(/../g)!
      .reverse()
      .map((byte) => Number.parseInt(byte, 16))
      .join('.');
  });
