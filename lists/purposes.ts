/**
 * Why a name is contacted. The ids are part of the API; the sentences are what a household reads.
 * `balanced` and `quiet` say what the two blocking presets do with a purpose; `protected` purposes
 * are never blocked by a pack or a list, only by the owner's own rule.
 */
export interface Purpose {
  readonly id: string;
  readonly title: string;
  readonly sentence: string;
  readonly balanced: 'allow' | 'block';
  readonly quiet: 'allow' | 'block';
  readonly protected?: true;
}

export const purposes = [
  {
    id: 'browser-tracking',
    title: 'Browser tracking',
    sentence: 'Tells the maker which sites and searches the browser is used for, in incognito mode too.',
    balanced: 'block',
    quiet: 'block',
  },
  {
    id: 'system-usage',
    title: 'System usage',
    sentence: 'Reports which screens, folders and apps are opened, and when.',
    balanced: 'block',
    quiet: 'block',
  },
  {
    id: 'device-identity',
    title: 'Device identity',
    sentence: 'Registers identifiers that single this phone out.',
    balanced: 'block',
    quiet: 'block',
  },
  {
    id: 'ads',
    title: 'Advertising',
    sentence: 'Shows advertising in system apps, and measures whether it was seen.',
    balanced: 'block',
    quiet: 'block',
  },
  {
    id: 'crash-diagnostics',
    title: 'Crash reports',
    sentence: 'Sends reports about crashes and errors.',
    balanced: 'block',
    quiet: 'block',
  },
  {
    id: 'performance-statistics',
    title: 'Performance statistics',
    sentence: 'Sends statistics such as which pages load slowly.',
    balanced: 'block',
    quiet: 'block',
  },
  {
    id: 'third-party-sdk',
    title: "Other companies' trackers",
    sentence: 'Lets other companies follow what happens inside system apps.',
    balanced: 'block',
    quiet: 'block',
  },
  {
    id: 'personalisation',
    title: 'Suggestions',
    sentence: 'Fills recommendation feeds, the wallpaper carousel and suggestions.',
    balanced: 'allow',
    quiet: 'block',
  },
  {
    id: 'location',
    title: 'Location services',
    sentence: "Works out where the phone is, beyond the phone's own means.",
    balanced: 'allow',
    quiet: 'block',
  },
  {
    id: 'security-scan',
    title: 'App and link scans',
    sentence: 'Checks apps and links by sending the list of what you have.',
    balanced: 'allow',
    quiet: 'block',
  },
  {
    id: 'resolver-bypass',
    title: 'Going around your DNS',
    sentence: "Looks names up past the household's DNS. Blocking it can delay messages in China.",
    balanced: 'allow',
    quiet: 'block',
  },
  {
    id: 'push',
    title: 'Push messages',
    sentence: 'Delivers notifications to apps.',
    balanced: 'allow',
    quiet: 'allow',
  },
  {
    id: 'cloud-sync',
    title: 'Cloud and backup',
    sentence: 'Keeps contacts, photos, notes and backups in the maker’s cloud, and finds a lost phone.',
    balanced: 'allow',
    quiet: 'allow',
  },
  {
    id: 'account',
    title: 'Account',
    sentence: 'Signs in to the maker’s account.',
    balanced: 'allow',
    quiet: 'allow',
  },
  {
    id: 'updates',
    title: 'Updates',
    sentence: 'Brings system and app updates.',
    balanced: 'allow',
    quiet: 'allow',
  },
  {
    id: 'app-content',
    title: 'App content',
    sentence: 'Carries what apps show: weather, themes, music, the store.',
    balanced: 'allow',
    quiet: 'allow',
  },
  {
    id: 'cloud-config',
    title: 'Remote settings',
    sentence: 'Fetches settings that system apps are steered by.',
    balanced: 'allow',
    quiet: 'allow',
  },
  {
    id: 'smart-home',
    title: 'Smart home',
    sentence: 'Connects Mi Home devices and their app.',
    balanced: 'allow',
    quiet: 'allow',
  },
  {
    id: 'connectivity-check',
    title: 'Online check',
    sentence: 'Lets the phone find out whether it is online. Never blocked by packs or lists.',
    balanced: 'allow',
    quiet: 'allow',
    protected: true,
  },
  {
    id: 'essential',
    title: 'Essential',
    sentence: 'Needed for the phone to work at all. Never blocked by packs or lists.',
    balanced: 'allow',
    quiet: 'allow',
    protected: true,
  },
  {
    id: 'infrastructure',
    title: 'Infrastructure',
    sentence: 'Name servers and delivery networks that everything else stands on. Never blocked by packs or lists.',
    balanced: 'allow',
    quiet: 'allow',
    protected: true,
  },
] as const satisfies readonly Purpose[];

export type PurposeId = (typeof purposes)[number]['id'];

export const purposeIds: readonly PurposeId[] = purposes.map((purpose) => purpose.id);

/** Position of a purpose in `purposes`, as the compiled forms store it; -1 for an unknown id. */
export const purposeIndex = (id: string): number => purposeIds.indexOf(id as PurposeId);
