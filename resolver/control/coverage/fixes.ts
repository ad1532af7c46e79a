import { isIPv4 } from 'node:net';

/** What a person does about it: one way, step by step, with text to copy where there is some. */
export interface Fix {
  readonly id: string;
  readonly title: string;
  /** What is true afterwards: each phone visible by itself, or only by its address. */
  readonly gives: string;
  readonly steps: readonly string[];
  readonly copy?: { readonly where: string; readonly text: string };
  /** Settings of Quell that have to go with it. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Household {
  /** Where phones reach the resolver: IPv4 and IPv6 addresses without port. */
  readonly resolver: readonly string[];
  /** Address of the router, where it is known. */
  readonly router?: string;
  /** Names for Private DNS, one per phone, where DNS over TLS is set up. */
  readonly privateName?: string;
}

/** Ways to let every phone ask by itself, best first. */
export const routerFixes = (household: Household): Fix[] => {
  const ipv4 = household.resolver.find(isIPv4);
  const ipv6 = household.resolver.find((address) => !isIPv4(address));
  const open = household.router ? `Open the router's page at http://${household.router}` : "Open the router's page";
  return [
    ...(ipv4 === undefined ? [] : openWrt(ipv4, ipv6)),
    ...(ipv4 === undefined ? [] : dnsmasqDhcp(ipv4, ipv6)),
    ...(ipv4 === undefined ? [] : screens(ipv4, open)),
    ...dnsmasqForward(ipv4 ?? ipv6, household.router),
    ...(household.privateName === undefined ? [] : privateDns(household.privateName)),
    ...(ipv4 === undefined ? [] : perPhone(ipv4)),
  ];
};

/** What helps against a phone that uses a resolver of its own. */
export const bypassFix =
  "Set Private DNS to Off or Automatic in the phone's connection settings, and switch secure DNS off in its browsers.";

const eachByItself = 'Every phone asks by itself, so each has its own rules and statistics.';
const rejoin = 'Switch Wi-Fi off and on again on each phone, so that it hears of the change.';

const openWrt = (ipv4: string, ipv6: string | undefined): Fix[] => [
  {
    id: 'openwrt-dhcp',
    title: 'OpenWrt: name Quell to the phones',
    gives: eachByItself,
    steps: ['Log in to the router by SSH as root.', 'Paste the lines below.', rejoin],
    copy: {
      where: "the router's shell",
      text: [
        `uci add_list dhcp.lan.dhcp_option='6,${ipv4}'`,
        ...(ipv6 === undefined ? [] : [`uci add_list dhcp.lan.dns='${ipv6}'`]),
        'uci commit dhcp',
        '/etc/init.d/dnsmasq restart',
        '/etc/init.d/odhcpd restart',
      ].join('\n'),
    },
  },
];

const dnsmasqDhcp = (ipv4: string, ipv6: string | undefined): Fix[] => [
  {
    id: 'dnsmasq-dhcp',
    title: 'dnsmasq (Pi-hole, Merlin, FreshTomato, DD-WRT): name Quell to the phones',
    gives: eachByItself,
    steps: ["Add the lines below to dnsmasq's settings.", 'Restart dnsmasq.', rejoin],
    copy: {
      where: '/etc/dnsmasq.d/quell.conf',
      text: [
        `dhcp-option=option:dns-server,${ipv4}`,
        ...(ipv6 === undefined ? [] : [`dhcp-option=option6:dns-server,[${ipv6}]`]),
      ].join('\n'),
    },
  },
];

/** Where router makers put the DNS server that phones are told of. */
const menus: readonly { readonly family: string; readonly id: string; readonly path: string }[] = [
  {
    id: 'fritzbox',
    family: 'FRITZ!Box',
    path: 'Home Network › Network › Network Settings › IPv4 Settings › Local DNS server',
  },
  { id: 'tp-link', family: 'TP-Link', path: 'Advanced › Network › DHCP Server › Primary DNS' },
  {
    id: 'asus',
    family: 'ASUS',
    path: 'LAN › DHCP Server › DNS Server 1; set "Advertise router\'s IP in addition" to No',
  },
  { id: 'keenetic', family: 'Keenetic', path: 'Home network › DHCP server › Advanced › DNS 1' },
  { id: 'mikrotik', family: 'MikroTik', path: 'IP › DHCP Server › Networks › DNS Servers' },
  { id: 'unifi', family: 'UniFi', path: 'Settings › Networks › Default › DHCP › DNS Server: off Auto' },
];

const screens = (ipv4: string, open: string): Fix[] => [
  ...menus.map(({ id, family, path }) => ({
    id,
    title: `${family}: name Quell to the phones`,
    gives: eachByItself,
    steps: [`${open}.`, `Go to ${path}.`, `Enter ${ipv4}, and nothing as the second server.`, rejoin],
  })),
  {
    id: 'dhcp',
    title: 'Any other router: name Quell to the phones',
    gives: eachByItself,
    steps: [
      `${open} and look for the DHCP server, usually under LAN or home network. The DNS under Internet or WAN is another one.`,
      `Enter ${ipv4} as its DNS server, and nothing as the second.`,
      'If there is no such field, switch the DHCP server off there and use one that has it, such as dnsmasq beside Quell.',
      rejoin,
    ],
  },
];

/** The strip lines keep phones from claiming to be another. */
const tellForWhom = ['strip-mac', 'strip-subnet', 'add-mac', 'add-subnet=32,128'];

const dnsmasqForward = (resolver: string | undefined, router: string | undefined): Fix[] => {
  if (resolver === undefined) return [];
  const gives = 'Phones keep asking the router; it tells Quell the MAC and address of each.';
  const believe = 'Let Quell believe this router, and no other, by the setting below.';
  const settings = { QUELL_TRUSTED_FORWARDERS: router === undefined ? "the router's address" : hostRange(router) };
  return [
    {
      id: 'openwrt-add-mac',
      title: 'OpenWrt keeps asking for all, and tells for whom',
      gives,
      steps: ['Log in to the router by SSH as root, and paste the lines below.', believe],
      copy: {
        where: "the router's shell",
        text: [
          "uci set dhcp.@dnsmasq[0].noresolv='1'",
          `uci add_list dhcp.@dnsmasq[0].server='${resolver}'`,
          'uci commit dhcp',
          `printf '%s\\n' ${tellForWhom.join(' ')} >> /etc/dnsmasq.conf`,
          '/etc/init.d/dnsmasq restart',
        ].join('\n'),
      },
      settings,
    },
    {
      id: 'dnsmasq-add-mac',
      title: 'dnsmasq keeps asking for all, and tells for whom',
      gives,
      steps: ["Add the lines below to dnsmasq's settings, and restart it.", believe],
      copy: {
        where: '/etc/dnsmasq.d/quell.conf',
        text: ['no-resolv', `server=${resolver}`, ...tellForWhom].join('\n'),
      },
      settings,
    },
  ];
};

const hostRange = (address: string) => `${address}/${isIPv4(address) ? 32 : 128}`;

const privateDns = (name: string): Fix[] => [
  {
    id: 'private-dns',
    title: 'Private DNS: a name per phone',
    gives: 'The phone asks by its own name, at home and away, whatever the router does.',
    steps: [
      'On the phone open the settings for connection and sharing, then Private DNS.',
      `Choose the host name of a provider, and enter this phone's name, which ends in ${name}.`,
    ],
  },
];

const perPhone = (ipv4: string): Fix[] => [
  {
    id: 'phone-dns',
    title: 'Without the router: set the DNS on each phone',
    gives: eachByItself,
    steps: [
      "On the phone open this Wi-Fi network's settings and set the IP settings to Static.",
      `Enter ${ipv4} as DNS 1, and nothing as DNS 2; leave the other fields as they are.`,
    ],
  },
];
