import type { PurposeId } from '../../lists/purposes.ts';

/** Times that cross a restart are wall-clock milliseconds since 1970. */
export type WallMs = number;

export type Action = 'allow' | 'block';

export type Scope =
  | { readonly kind: 'device' | 'group'; readonly id: string }
  | { readonly kind: 'everyone'; readonly id?: undefined };

export type Target =
  | { readonly kind: 'domain' | 'suffix' | 'regex' | 'purpose' | 'list'; readonly value: string }
  | { readonly kind: 'everything'; readonly value?: undefined };

/** How a blocked question is answered; `null` is 0.0.0.0 and ::. */
export const blockModes = ['null', 'nxdomain', 'nodata', 'refused', 'sinkhole'] as const;
export type BlockMode = (typeof blockModes)[number];

/** Weekly windows in the household's time zone; a window whose `to` is not after `from` runs past midnight. */
export interface Schedule {
  readonly zone: string;
  readonly windows: readonly {
    /** 1 is Monday, 7 is Sunday: the day the window begins. */
    readonly days: readonly number[];
    /** "HH:MM" */
    readonly from: string;
    readonly to: string;
  }[];
}

/** The household's own decision. */
export interface Rule {
  readonly id: string;
  readonly scope: Scope;
  readonly target: Target;
  readonly action: Action;
  readonly mode?: BlockMode;
  readonly until?: WallMs;
  readonly schedule?: Schedule;
  readonly comment?: string;
  /** Key of the recipe that it belongs to: `xiaomi:find-my-phone`. */
  readonly recipe?: string;
  readonly createdAt: WallMs;
}

export const presetIds = ['balanced', 'quiet', 'observe'] as const;
export type PresetId = (typeof presetIds)[number];

/** What one device decides about one purpose; without it the preset decides. */
export interface PurposeChoice {
  readonly action: Action;
  readonly until?: WallMs;
}

/** What a device gets before anybody in the household decided about it. */
export const unknownDevicePolicies = ['protect', 'observe', 'hold'] as const;
export type UnknownDevicePolicy = (typeof unknownDevicePolicies)[number];

/** A device as policy sees it. How it is recognised is the device table's matter. */
export interface DevicePolicy {
  readonly id: string;
  /** Names, MACs and addresses in lower case, for lists with entries that hold for some clients only. */
  readonly knownAs?: readonly string[];
  /** Groups and people it belongs to, in order of precedence. */
  readonly groups: readonly string[];
  /** Without one, the household's `defaultPreset`. */
  readonly preset?: PresetId;
  readonly purposes: Readonly<Partial<Record<PurposeId, PurposeChoice>>>;
  /** Nobody named it, gave it to anybody or chose anything for it: `PolicySettings.unknownDevices` holds. */
  readonly undecided?: true;
  /** Nothing is blocked on this device until then. */
  readonly pausedUntil?: WallMs;
  /** `attempts` stores what matched, `everything` all look-ups, `nothing` none. */
  readonly recording: 'attempts' | 'everything' | 'nothing';
}

/** What a list does where it is attached; lists themselves are compiled into the rule-set. */
export interface ListAttachment {
  /** Same as `Source.id` in the rule-set. */
  readonly id: string;
  readonly scope: Scope;
  /** A watched list is recorded when it matches and decides nothing. */
  readonly watchOnly: boolean;
  readonly mode?: BlockMode;
}

/** How one blocked name is answered on one device that would not stop asking; found by trying. */
export interface QuietAnswer {
  readonly device: string;
  readonly domain: string;
  readonly mode: BlockMode;
  /** Seconds. */
  readonly ttl: number;
}

export interface PolicySettings {
  /** For clients that no device is known for, and for devices that nobody decided about; without it, `protect`. */
  readonly unknownDevices?: UnknownDevicePolicy;
  readonly defaultPreset: PresetId;
  readonly blockMode: BlockMode;
  /** Seconds; short, so that an allow is felt at once. */
  readonly blockTtl: number;
  /** Answer of mode `sinkhole`. */
  readonly sinkhole?: { readonly ipv4?: string; readonly ipv6?: string };
}

export const outcomes = ['blocked', 'cached', 'forwarded', 'stale', 'failed', 'refused', 'dropped', 'local'] as const;
/** What happened to a question. `local`: answered from the household's own records or a special-use zone. */
export type Outcome = (typeof outcomes)[number];
