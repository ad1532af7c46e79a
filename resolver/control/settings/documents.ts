import type { PurposeId } from '../../../lists/purposes.ts';
import type {
  BlockMode,
  PresetId,
  PurposeChoice,
  Rule,
  Scope,
  UnknownDevicePolicy,
  WallMs,
} from '../../policy/model.ts';

/** How an identifier came to be known, most trustworthy first. */
export type IdentifierSource =
  | 'owner'
  | 'neighbour'
  | 'lease'
  | 'edns-mac'
  | 'edns-subnet'
  | 'name'
  | 'address'
  | 'mdns'
  | 'reverse';

export interface Identifier {
  readonly kind: 'mac' | 'address' | 'name';
  /** "aa:bb:cc:dd:ee:ff", canonical address text, or a DoT/DoH name. */
  readonly value: string;
  readonly source: IdentifierSource;
  readonly firstSeen: WallMs;
  readonly lastSeen: WallMs;
}

/** A device that is another one now. */
export interface Former {
  readonly id: string;
  readonly until: WallMs;
  /** What it went by, as `kind:value`; who has these again is that device again. */
  readonly wentBy: readonly string[];
}

export interface DeviceDocument {
  readonly id: string;
  /** Given by a person; never changes by itself. */
  readonly name?: string;
  /** From leases, mDNS or reverse look-ups, while no person gave a name. */
  readonly suggestedName?: string;
  readonly kind: 'phone' | 'tablet' | 'computer' | 'tv' | 'router' | 'other' | 'unknown';
  readonly vendor?: string;
  readonly identifiers: readonly Identifier[];
  readonly groups: readonly string[];
  readonly preset?: PresetId;
  readonly purposes: Readonly<Partial<Record<PurposeId, PurposeChoice>>>;
  readonly pausedUntil?: WallMs;
  readonly recording: 'attempts' | 'everything' | 'nothing';
  /** `recording: everything` goes back to `attempts` then. */
  readonly recordingUntil?: WallMs;
  readonly firstSeen: WallMs;
  readonly lastSeen: WallMs;
  /** Names that turned out to be what was missed when something broke, and are opened when they are needed. */
  readonly missed?: readonly { readonly domain: string; readonly at: WallMs }[];
  /** Devices that turned out to be this one. What was recorded of them until then is its own. */
  readonly formerly?: readonly Former[];
  /** Ids of devices that a person said are not this one, so that nobody is asked again. */
  readonly notSameAs?: readonly string[];
}

/** People are groups that own devices. */
export interface GroupDocument {
  readonly id: string;
  readonly kind: 'group' | 'person';
  readonly name: string;
}

export interface ListDocument {
  readonly id: string;
  readonly name: string;
  /** http(s) address, or `file:` below the data directory's `lists`. */
  readonly url: string;
  readonly kind: 'block' | 'allow';
  readonly scope: Scope;
  readonly enabled: boolean;
  readonly watchOnly: boolean;
  readonly mode?: BlockMode;
  /** SHA-256 of the version that must be used, however new the published one is. */
  readonly pinned?: string;
  /** Hours between updates; without it, what the list itself says, else 24. */
  readonly everyHours?: number;
}

/** How long each kind of record is kept. */
export interface RetentionDocument {
  readonly attemptsDays: number;
  readonly rollupDays: number;
  /** Of look-ups that matched nothing; 24 where it isn't said, never longer than attempts. */
  readonly fullLoggingHours?: number;
}

/** Which version of a list all resolvers of the household use. */
export interface ListVersionDocument {
  /** The list's. */
  readonly id: string;
  /** Address that it was got from; of no meaning once the list has another. */
  readonly url: string;
  /** SHA-256 of the text. */
  readonly version: string;
  /** Versions that the owner rolled back from. */
  readonly rejected: readonly string[];
  readonly since: WallMs;
}

export interface SettingsDocument {
  readonly id: 'household';
  readonly name: string;
  readonly zone: string;
  readonly defaultPreset: PresetId;
  readonly blockMode: BlockMode;
  /** Seconds. */
  readonly blockTtl: number;
  /** What a device gets before anybody decided about it. */
  readonly unknownDevices: UnknownDevicePolicy;
  /** When that was chosen: devices that were there before are known, so that one tap takes no phone offline. */
  readonly unknownSince?: WallMs;
  readonly retention: RetentionDocument;
}

/** The owner's password, as `crypto.argon2` made it; sessions are kept beside it. */
export interface AccountDocument {
  readonly id: 'owner';
  readonly password?: {
    readonly salt: string;
    readonly hash: string;
    /** KiB of argon2id, N of scrypt. */
    readonly memory: number;
    readonly passes: number;
    /** argon2id where it isn't said. */
    readonly algorithm?: 'argon2id' | 'scrypt';
  };
}

export interface SessionDocument {
  /** SHA-256 of the cookie's value. */
  readonly id: string;
  readonly role: 'owner';
  /** A session that a link opened may set a new password without knowing the old one. */
  readonly via?: 'password' | 'link';
  readonly createdAt: WallMs;
  readonly expiresAt: WallMs;
}

export interface TokenDocument {
  /** SHA-256 of the token. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: WallMs;
  readonly lastUsed?: WallMs;
  readonly expiresAt?: WallMs;
}

/** A link that works once: to set Quell up, or to log in without the password. */
export interface LinkDocument {
  /** SHA-256 of the link's secret. */
  readonly id: string;
  readonly opens: 'set-up' | 'log-in';
  readonly createdAt: WallMs;
  readonly expiresAt: WallMs;
}

/** One change of the household's policy: who did what, and what it was before. */
export interface ChangeDocument {
  readonly id: string;
  readonly at: WallMs;
  /** `owner`, `token:<name>`, `member:<device>`, `quell`. */
  readonly by: string;
  /** Address it came from. */
  readonly from?: string;
  readonly what: string;
  readonly documents: readonly {
    readonly kind: string;
    readonly id: string;
    readonly before?: unknown;
    readonly after?: unknown;
  }[];
  /** Id of the change that this one takes back. */
  readonly undoes?: string;
}

/** By how many milliseconds all ends were moved, because the household's clock was set back; 0 or less. */
export interface ClockDocument {
  readonly id: 'household';
  readonly setBackBy: number;
}

/** A device was forgotten; see `noteForgotten`. */
export interface ForgottenDocument {
  /** SHA-256 of the device's id. */
  readonly id: string;
  readonly at: WallMs;
}

/** Every kind of document by its name in the store. */
export interface DocumentKinds {
  device: DeviceDocument;
  group: GroupDocument;
  rule: Rule;
  list: ListDocument;
  'list-version': ListVersionDocument;
  settings: SettingsDocument;
  account: AccountDocument;
  session: SessionDocument;
  token: TokenDocument;
  link: LinkDocument;
  change: ChangeDocument;
  clock: ClockDocument;
  forgotten: ForgottenDocument;
}
