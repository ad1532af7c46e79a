import type { WallMs } from '../../policy/model.ts';
import type { DeviceDocument, Former, Identifier, IdentifierSource } from '../settings/documents.ts';
import { isIPv4 } from './address.ts';

/** The part of a device's document that this folder writes; the rest belongs to the household. */
export interface Identity {
  readonly id: string;
  /** By `keyOf`. */
  readonly identifiers: Map<string, Identifier>;
  suggestedName?: string;
  /** Where the suggestion came from; a better source replaces it. */
  suggestedBy?: IdentifierSource;
  vendor?: string;
  kind: DeviceDocument['kind'];
  readonly firstSeen: WallMs;
  lastSeen: WallMs;
  formerly?: readonly Former[];
  /** Devices that a person said are others. */
  readonly notSameAs: Set<string>;
}

export type IdentifierKind = Identifier['kind'];

export const keyOf = (identifier: { kind: IdentifierKind; value: string }): string =>
  `${identifier.kind}:${identifier.value}`;

export const valuesOf = (identity: Identity, kind: IdentifierKind): string[] =>
  [...identity.identifiers.values()].filter((identifier) => identifier.kind === kind).map(({ value }) => value);

/** Nothing but addresses is known of it: a client seen before its MAC was. */
export const isAddressOnly = (identity: Identity): boolean =>
  [...identity.identifiers.values()].every(({ kind }) => kind === 'address');

/** How many identifiers of each kind a device keeps; privacy addresses come and go daily. */
const room: Record<IdentifierKind, number> = { mac: 16, address: 40, name: 16 };
const DAY = 24 * 60 * 60_000;
/** An address that was not seen for so long says nothing about who uses it now. */
export const ADDRESS_HOLDS_FOR: WallMs = 7 * DAY;

export const isAged = (identifier: Identifier, now: WallMs): boolean =>
  identifier.kind === 'address' && now - identifier.lastSeen > ADDRESS_HOLDS_FOR;

/** The identifier that has to leave so that the device keeps within bounds; those set by a person stay. */
export const surplus = (identity: Identity, kind: IdentifierKind): Identifier | undefined => {
  const all = [...identity.identifiers.values()].filter((identifier) => identifier.kind === kind);
  if (all.length <= room[kind]) return undefined;
  const oldest = all.filter(({ source }) => source !== 'owner').sort((a, b) => a.lastSeen - b.lastSeen);
  // IPv4 addresses are few and come back; what piles up is IPv6.
  return oldest.find(({ value }) => !isIPv4(value)) ?? oldest[0] ?? all[0];
};

export const identityOf = (document: DeviceDocument): Identity => ({
  id: document.id,
  identifiers: new Map(document.identifiers.map((identifier) => [keyOf(identifier), identifier])),
  suggestedName: document.suggestedName,
  vendor: document.vendor,
  kind: document.kind,
  firstSeen: document.firstSeen,
  lastSeen: document.lastSeen,
  formerly: document.formerly,
  notSameAs: new Set(document.notSameAs),
});

/** The household's document with what is known of the device by now; kind and vendor only where nobody said any. */
export const documentOf = (identity: Identity, document: DeviceDocument | undefined): DeviceDocument => ({
  groups: [],
  purposes: {},
  recording: 'attempts',
  ...document,
  id: identity.id,
  kind: document && document.kind !== 'unknown' ? document.kind : identity.kind,
  vendor: document?.vendor ?? identity.vendor,
  suggestedName: identity.suggestedName,
  identifiers: [...identity.identifiers.values()],
  firstSeen: Math.min(identity.firstSeen, document?.firstSeen ?? identity.firstSeen),
  lastSeen: Math.max(identity.lastSeen, document?.lastSeen ?? 0),
  formerly: identity.formerly,
  notSameAs: identity.notSameAs.size > 0 ? [...identity.notSameAs].sort() : undefined,
});

/** Whether the household decided anything about the device, so that it must not vanish by itself. */
export const isDecided = (document: DeviceDocument | undefined): boolean =>
  document !== undefined &&
  (document.name !== undefined ||
    document.preset !== undefined ||
    document.pausedUntil !== undefined ||
    document.groups.length > 0 ||
    document.recording !== 'attempts' ||
    Object.keys(document.purposes).length > 0);
