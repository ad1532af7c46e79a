/** A published list that can be subscribed to with one tap. */
export interface KnownList {
  readonly id: string;
  readonly name: string;
  /** What it does, for a household. */
  readonly purpose: string;
  readonly kind: 'block' | 'allow';
  readonly publisher: string;
  readonly licence: string;
  readonly url: string;
  /** `small` below 1,000 entries, `medium` below 50,000, `large` above: a large one takes some megabytes of memory. */
  readonly size: 'small' | 'medium' | 'large';
  /** What a household should know before. */
  readonly caution?: string;
}

const hagezi = 'https://raw.githubusercontent.com/hagezi/dns-blocklists/main';

/**
 * Lists worth offering, gentle ones first. Left out are those whose licence does not allow everybody to use them, those
 * that block what phones need to work, and those that are only copies of others.
 */
export const knownLists: readonly KnownList[] = [
  {
    id: 'nextdns-xiaomi',
    name: 'NextDNS native tracking: Xiaomi',
    purpose: 'Nine names that Xiaomi phones report to. Made so that nothing breaks.',
    kind: 'block',
    publisher: 'NextDNS',
    licence: 'MIT',
    url: 'https://raw.githubusercontent.com/nextdns/native-tracking-domains/main/domains/xiaomi',
    size: 'small',
  },
  {
    id: 'hagezi-xiaomi',
    name: 'HaGeZi Xiaomi tracker',
    purpose: 'Some 350 names of Xiaomi and all below them, beyond tracking too.',
    kind: 'block',
    publisher: 'HaGeZi',
    licence: 'GPL-3.0',
    url: `${hagezi}/adblock/native.xiaomi.txt`,
    size: 'small',
    caution: 'Wants to block sign-in and Find device as well; Quell protects those names.',
  },
  {
    id: 'goodbyeads-xiaomi',
    name: 'GoodbyeAds Xiaomi extension',
    purpose: 'Advertising in Xiaomi’s system apps.',
    kind: 'block',
    publisher: 'Jerryn70',
    licence: 'MIT',
    url: 'https://raw.githubusercontent.com/jerryn70/GoodbyeAds/master/Extension/GoodbyeAds-Xiaomi-Extension.txt',
    size: 'small',
    caution: 'Blocks one of the names of the Mi account sign-in.',
  },
  {
    id: 'perflyst-android',
    name: 'Perflyst Android tracking',
    purpose: 'Trackers that come with Android phones of many makers.',
    kind: 'block',
    publisher: 'Perflyst',
    licence: 'MIT',
    url: 'https://raw.githubusercontent.com/Perflyst/PiHoleBlocklist/master/android-tracking.txt',
    size: 'small',
  },
  {
    id: 'perflyst-smarttv',
    name: 'Perflyst smart TV',
    purpose: 'Television sets, Mi TV among them, that report what is watched.',
    kind: 'block',
    publisher: 'Perflyst',
    licence: 'MIT',
    url: 'https://raw.githubusercontent.com/Perflyst/PiHoleBlocklist/master/SmartTV.txt',
    size: 'small',
    caution: 'Some sets then fail to find updates.',
  },
  {
    id: 'adguard-dns',
    name: 'AdGuard DNS filter',
    purpose: 'Advertising and tracking everywhere, kept with care.',
    kind: 'block',
    publisher: 'AdGuard',
    licence: 'GPL-3.0',
    url: 'https://adguardteam.github.io/AdGuardSDNSFilter/Filters/filter.txt',
    size: 'large',
  },
  {
    id: 'hagezi-light',
    name: 'HaGeZi Light',
    purpose: 'Advertising and tracking everywhere, with few side effects.',
    kind: 'block',
    publisher: 'HaGeZi',
    licence: 'GPL-3.0',
    url: `${hagezi}/domains/light.txt`,
    size: 'large',
  },
  {
    id: 'hagezi-multi',
    name: 'HaGeZi Normal',
    purpose: 'Advertising, tracking and telemetry, phishing and malware.',
    kind: 'block',
    publisher: 'HaGeZi',
    licence: 'GPL-3.0',
    url: `${hagezi}/adblock/multi.txt`,
    size: 'large',
  },
  {
    id: 'hagezi-pro',
    name: 'HaGeZi Pro',
    purpose: 'Like HaGeZi Normal, and stricter.',
    kind: 'block',
    publisher: 'HaGeZi',
    licence: 'GPL-3.0',
    url: `${hagezi}/adblock/pro.txt`,
    size: 'large',
    caution: 'Now and then something has to be allowed by hand.',
  },
  {
    id: 'hagezi-ultimate-mini',
    name: 'HaGeZi Ultimate mini',
    purpose: 'The strictest of HaGeZi’s lists, cut down to names that are asked for often.',
    kind: 'block',
    publisher: 'HaGeZi',
    licence: 'GPL-3.0',
    url: `${hagezi}/dnsmasq/ultimate.mini.txt`,
    size: 'large',
    caution: 'For households that don’t mind repairing things.',
  },
  {
    id: 'hagezi-doh',
    name: 'HaGeZi encrypted DNS servers',
    purpose: 'Keeps apps from going around your DNS by asking somebody else’s.',
    kind: 'block',
    publisher: 'HaGeZi',
    licence: 'GPL-3.0',
    url: `${hagezi}/domains/doh.txt`,
    size: 'medium',
    caution: 'Apps that insist on their own DNS stop working.',
  },
  {
    id: 'stevenblack',
    name: 'StevenBlack hosts',
    purpose: 'Advertising and malware, put together from several hosts files.',
    kind: 'block',
    publisher: 'StevenBlack',
    licence: 'MIT',
    url: 'https://raw.githubusercontent.com/StevenBlack/hosts/master/hosts',
    size: 'large',
  },
  {
    id: 'anudeep',
    name: 'Anudeep’s ad servers',
    purpose: 'Ad servers, chosen so that apps go on working.',
    kind: 'block',
    publisher: 'Anudeep',
    licence: 'MIT',
    url: 'https://raw.githubusercontent.com/anudeepND/blacklist/master/adservers.txt',
    size: 'medium',
    caution: 'Holds a few names of Xiaomi’s that phones need; Quell protects those.',
  },
];
