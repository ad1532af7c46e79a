import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** Where to listen: an IP literal (`::` means IPv6 only) and a port; port 0 lets the system choose. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** Host and port of "127.0.0.1:53", "[::1]:53", "*:53", ":53" or "53". */
export function splitHostPort(text: string): { host: string; port: string } | undefined {
  const found = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? /^()()(\d{1,5})$/.exec(text);
  return found ? { host: found[1] ?? found[2] ?? '', port: found[3] } : undefined;
}

/** One address to listen on; without a host, both families. */
export const listen = z.string().transform((text, context): ListenAddress[] => {
  const parts = splitHostPort(text.trim());
  const port = Number(parts?.port);
  if (parts && port <= 0xffff) {
    if (parts.host === '' || parts.host === '*') {
      return [
        { host: '0.0.0.0', port },
        { host: '::', port },
      ];
    }
    if (isIP(parts.host)) return [{ host: parts.host, port }];
  }
  context.addIssue({
    code: 'custom',
    message: `"${text}" must be an IP address and a port, such as 0.0.0.0:53 or [::]:53`,
  });
  return z.NEVER;
});

/** A list of them, or one alone. */
export const listens = z.union([z.array(listen), listen.transform((one) => [one])]).transform((many) => many.flat());

/** A network in canonical form; a plain address is the network of that address alone. */
export const network = z.string().transform((text, context): string => {
  const whole = isIP(text) ? `${text}/${isIP(text) === 4 ? 32 : 128}` : text;
  try {
    const [address, bits] = ipaddr.parseCIDR(whole);
    const network =
      address.kind() === 'ipv4'
        ? ipaddr.IPv4.networkAddressFromCIDR(whole).toString()
        : ipaddr.IPv6.networkAddressFromCIDR(whole).toString();
    return `${network}/${bits}`;
  } catch {
    context.addIssue({ code: 'custom', message: `"${text}" must be a network such as 192.168.1.0/24 or fd00::/8` });
    return z.NEVER;
  }
});
