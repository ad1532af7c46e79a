import type { WallMs } from '../../../policy/model.ts';
import { canonicalAddress } from '../address.ts';
import { canonicalMac, isUnicastMac } from '../mac.ts';

/** One address that a DHCP server gave to one device. */
export interface Lease {
  readonly address: string;
  /** DHCPv6 knows clients by DUID, which carries a MAC only sometimes. */
  readonly mac?: string;
  readonly hostName?: string;
  /** DHCP option 60, such as "android-dhcp-13", where the server keeps it. */
  readonly vendorClass?: string;
  /** Milliseconds since 1970; undefined: without end. */
  readonly endsAt?: WallMs;
}

/** Every server's file tells by its content what it is. @returns leases in force at `now`, of the newest entry per address */
export const parseLeases = (text: string, now: WallMs): Lease[] => {
  const byAddress = new Map<string, Lease>();
  // Servers append: what comes later replaces what came before.
  for (const lease of parserFor(text)(text)) byAddress.set(lease.address, lease);
  return [...byAddress.values()].filter(inForceAt(now));
};

export const inForceAt =
  (now: WallMs) =>
  ({ endsAt }: Lease): boolean =>
    endsAt === undefined || endsAt > now;

const parserFor = (text: string): ((text: string) => Lease[]) => {
  if (/^address,hwaddr,|^address,duid,/m.test(text)) return parseKea;
  if (/^\s*(lease\s+[\d.]+|ia-na\s)/m.test(text)) return parseIsc;
  if (/^# \S+ [0-9a-f]+ [0-9a-f]+ \S+ -?\d+ /m.test(text)) return parseOdhcpd;
  return parseDnsmasq;
};

const leaseOf = (address: string, mac: string | undefined, hostName: string | undefined, endsAt?: WallMs): Lease[] => {
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return [];
  const own = mac === undefined ? undefined : canonicalMac(mac);
  const named = hostName !== undefined && hostName !== '' && hostName !== '*' && hostName !== '-';
  return [
    {
      address: canonical,
      ...(own !== undefined && isUnicastMac(own) && { mac: own }),
      ...(named && { hostName }),
      ...(endsAt !== undefined && { endsAt }),
    },
  ];
};

/** DUIDs of type 1 (with time) and 3 carry the link-layer address: RFC 8415 section 11. */
const macOfDuid = (hex: string): string | undefined => {
  const plain = hex.replaceAll(':', '').toLowerCase();
  return /^00010001[0-9a-f]{8}([0-9a-f]{12})$/.exec(plain)?.[1] ?? /^00030001([0-9a-f]{12})$/.exec(plain)?.[1];
};

/**
 * dnsmasq: `1767225600 1c:cc:d6:00:00:01 192.168.1.7 RedmiNote8Pro-Anna 01:1c:…`, 0 for no end. After a line
 * `duid …` the leases are DHCPv6, with an association id instead of a MAC and the client's DUID at the end.
 */
const parseDnsmasq = (text: string): Lease[] =>
  text.split('\n').flatMap((line) => {
    const [ends, hardware, address, hostName, clientId = ''] = line.trim().split(/\s+/);
    if (address === undefined || !/^\d+$/.test(ends)) return [];
    // A hardware type other than Ethernet stands before the MAC: "06-00:…".
    const mac = address.includes(':') ? macOfDuid(clientId) : hardware.replace(/^\d\d-/, '');
    return leaseOf(address, mac, hostName, ends === '0' ? undefined : Number(ends) * 1000);
  });

/**
 * odhcpd: `# br-lan 1cccd6000001 ipv4 RedmiNote8Pro 1767225600 64 32 192.168.1.7/32`; for IPv6 the DUID stands at the
 * MAC's place and an association id at "ipv4". -1 is no end. Lines without # are for the hosts file.
 */
const parseOdhcpd = (text: string): Lease[] =>
  text.split('\n').flatMap((line) => {
    const [hash, , id, family, hostName, ends, , , ...addresses] = line.trim().split(/\s+/);
    if (hash !== '#' || ends === undefined) return [];
    const mac = family === 'ipv4' ? id : macOfDuid(id);
    const endsAt = Number(ends) > 0 ? Number(ends) * 1000 : undefined;
    return addresses.flatMap((address) => leaseOf(address.split('/', 1)[0], mac, hostName, endsAt));
  });

const withVendorClass = (leases: readonly Lease[], vendorClass: string | undefined): Lease[] =>
  leases.map((lease) => ({ ...lease, ...(vendorClass && { vendorClass }) }));

/**
 * ISC dhcpd: blocks `lease 192.168.1.7 { … hardware ethernet …; client-hostname "…"; ends 4 2026/01/01 00:00:00; }`,
 * with `set vendor-class-identifier = "android-dhcp-13";` where its configuration keeps that option.
 */
const parseIsc = (text: string): Lease[] => [...parseIscIPv4(text), ...parseIscIPv6(text)];

const parseIscIPv4 = (text: string): Lease[] =>
  [...text.matchAll(/^\s*lease\s+([\d.]+)\s*\{([^}]*)\}/gm)].flatMap(([, address, body]) => {
    const field = (pattern: RegExp) => pattern.exec(body)?.[1];
    const state = field(/^\s*binding state (\w+)/m) ?? 'active';
    const ends = field(/^\s*ends (?:\d )?([^;]+);/m);
    const endsAt = ends === undefined ? undefined : iscTime(ends);
    const over = state === 'active' ? endsAt : 0;
    const leases = leaseOf(address, field(/hardware ethernet ([^;]+);/), field(/client-hostname "([^"]*)"/), over);
    return withVendorClass(leases, field(/^\s*set vendor-class-identifier = "([^"]*)";/m));
  });

/**
 * Its DHCPv6 file: `ia-na "…" { iaaddr fd00::7 { binding state active; ends …; } }`. The quoted octets, of which some are
 * written as escapes, are an association id of four and the client's DUID.
 */
const parseIscIPv6 = (text: string): Lease[] =>
  [...text.matchAll(/^ia-na "((?:[^"\\]|\\.)*)" \{([\s\S]*?)^\}/gm)].flatMap(([, quoted, body]) => {
    const mac = macOfDuid(iscOctets(quoted).subarray(4).toString('hex'));
    return [...body.matchAll(/iaaddr ([\da-f:.]+) \{([^}]*)\}/gi)].flatMap(([, address, of]) => {
      const ends = /^\s*ends (?:\d )?([^;]+);/m.exec(of)?.[1];
      const isActive = /^\s*binding state active;/m.test(of);
      return leaseOf(address, mac, undefined, isActive ? (ends === undefined ? undefined : iscTime(ends)) : 0);
    });
  });

/** "\001\"a" as octets. */
const iscOctets = (quoted: string): Buffer =>
  Buffer.from(
    quoted.replace(/\\([0-7]{3})|\\(.)/g, (_, octal?: string, plain?: string) =>
      octal === undefined ? plain! : String.fromCharCode(Number.parseInt(octal, 8) & 255),
    ),
    'latin1',
  );

/** "2026/01/01 00:00:00" in UTC, "epoch 1767225600", or "never". */
const iscTime = (text: string): WallMs | undefined => {
  const epoch = /^epoch (\d+)/.exec(text);
  if (epoch) return Number(epoch[1]) * 1000;
  const time = Date.parse(`${text.trim().replaceAll('/', '-').replace(' ', 'T')}Z`);
  return Number.isNaN(time) ? undefined : time;
};

/**
 * Kea's memfile: CSV whose first line names the columns; IPv6 has a duid and often an hwaddr. State 0 is in force.
 * The JSON in user_context has the vendor class where the household's configuration puts it there by that name.
 */
const parseKea = (text: string): Lease[] => {
  const [head, ...lines] = text.split('\n').filter((line) => line !== '');
  const columns = head.split(',');
  return lines.flatMap((line) => {
    // Kea writes commas inside values as &#x2c.
    const cells = line.split(',').map((cell) => cell.replaceAll('&#x2c', ','));
    const value = (column: string) => cells[columns.indexOf(column)] ?? '';
    const prefix = value('lease_type') === '2';
    if (prefix) return [];
    const mac = value('hwaddr') || macOfDuid(value('duid'));
    const inForce = value('state') === '' || value('state') === '0';
    const expire = Number(value('expire'));
    const endless = value('valid_lifetime') === '4294967295';
    const endsAt = inForce ? (endless ? undefined : expire * 1000) : 0;
    const leases = leaseOf(value('address'), mac, value('hostname').replace(/\.$/, ''), endsAt);
    return withVendorClass(leases, /"vendor-class(?:-identifier)?"\s*:\s*"([^"]*)"/.exec(value('user_context'))?.[1]);
  });
};
