import type { WallMs } from '../../policy/model.ts';
import type { DeviceDocument, Identifier, IdentifierSource } from '../settings/documents.ts';
import { asFormer, joined } from './former.ts';
import {
  type IdentifierKind,
  type Identity,
  identityOf,
  isAddressOnly,
  isAged,
  keyOf,
  surplus,
  valuesOf,
} from './identity.ts';

export interface OwnershipDeps {
  readonly now: () => WallMs;
  readonly newId: () => string;
  /** The household decided something about it, so it is never absorbed by another without being asked. */
  readonly isDecided: (id: string) => boolean;
  /** Its document has to be written; `important` is false for what may be lost, such as a newer time. */
  readonly touched: (id: string, important: boolean) => void;
  /** It turned out to be the same as the other and is gone. */
  readonly absorbed: (from: string, into: string) => void;
}

/**
 * Every identifier belongs to exactly one device; a MAC is stronger than an address. From this alone follows who
 * asks: nothing is looked up by address but the owner of that address, as the last sighting left it.
 */
export class Ownership {
  readonly identities = new Map<string, Identity>();
  private readonly deps: OwnershipDeps;
  private readonly owners = new Map<string, Identity>();

  constructor(deps: OwnershipDeps) {
    this.deps = deps;
  }

  ownerOf(kind: IdentifierKind, value: string): Identity | undefined {
    return this.owners.get(`${kind}:${value}`);
  }

  create(at: WallMs, id: string = this.deps.newId()): Identity {
    const identity = identityOf({
      id,
      kind: 'unknown',
      identifiers: [],
      groups: [],
      purposes: {},
      recording: 'attempts',
      firstSeen: at,
      lastSeen: at,
    });
    this.identities.set(identity.id, identity);
    this.deps.touched(identity.id, true);
    return identity;
  }

  /** Gives the identifier to the device, taking it from whoever has it; refreshes it where it is there already. */
  give(identity: Identity, kind: IdentifierKind, value: string, source: IdentifierSource, at: WallMs): void {
    const key = `${kind}:${value}`;
    const owner = this.owners.get(key);
    const before = owner?.identifiers.get(key);
    const mine = owner === identity;
    // That a client asked is no better reason than the one that is known, and what a person said stays.
    const keepsSource = mine && (before!.source === 'owner' || source === 'address');
    const next: Identifier = {
      kind,
      value,
      source: keepsSource ? before!.source : source,
      firstSeen: mine ? before!.firstSeen : at,
      lastSeen: Math.max(at, mine ? before!.lastSeen : 0),
    };
    identity.lastSeen = Math.max(identity.lastSeen, at);
    if (mine) {
      identity.identifiers.set(key, next);
      this.deps.touched(identity.id, next.source !== before!.source);
      return;
    }
    if (owner) this.take(owner, key);
    identity.identifiers.set(key, next);
    this.owners.set(key, identity);
    const leaving = surplus(identity, kind);
    if (leaving) this.take(identity, keyOf(leaving));
    this.deps.touched(identity.id, true);
  }

  /** @param key of an identifier, by `keyOf` */
  take(identity: Identity, key: string): void {
    identity.identifiers.delete(key);
    if (this.owners.get(key) === identity) this.owners.delete(key);
    this.deps.touched(identity.id, true);
  }

  /** The address is used by the device with this MAC. @returns that device */
  attach(address: string, mac: string, source: IdentifierSource, at: WallMs): Identity {
    const byAddress = this.ownerOf('address', address);
    const byMac = this.ownerOf('mac', mac);
    if (byAddress?.identifiers.get(`address:${address}`)?.source === 'owner') {
      // A person split this address off; its MAC stays where it is.
      const other = byMac ?? this.create(at);
      this.give(other, 'mac', mac, source, at);
      this.give(byAddress, 'address', address, source, at);
      return byAddress;
    }
    const identity = byMac ?? (byAddress && isAddressOnly(byAddress) ? byAddress : this.create(at));
    const merged = byAddress && byMac && byAddress !== byMac ? this.unite(byAddress, byMac, address) : identity;
    this.give(merged, 'mac', mac, source, at);
    this.give(merged, 'address', address, source, at);
    return merged;
  }

  /** Moves everything of `from` to `into`; `from` is gone. */
  absorb(from: Identity, into: Identity): void {
    const former = asFormer({ ...from, identifiers: [...from.identifiers.values()] }, this.deps.now());
    into.formerly = joined(into.formerly, former);
    for (const identifier of [...from.identifiers.values()]) {
      this.take(from, keyOf(identifier));
      this.give(into, identifier.kind, identifier.value, identifier.source, identifier.lastSeen);
    }
    into.suggestedName ??= from.suggestedName;
    into.vendor ??= from.vendor;
    if (into.kind === 'unknown') into.kind = from.kind;
    into.lastSeen = Math.max(into.lastSeen, from.lastSeen);
    for (const other of from.notSameAs) if (other !== into.id) into.notSameAs.add(other);
    this.remove(from.id);
    this.deps.absorbed(from.id, into.id);
  }

  remove(id: string): void {
    const identity = this.identities.get(id);
    if (!identity) return;
    for (const key of [...identity.identifiers.keys()]) if (this.owners.get(key) === identity) this.owners.delete(key);
    this.identities.delete(id);
    this.deps.touched(id, true);
  }

  /** Takes over a document as it is in the store. An identifier that two documents claim belongs to the newer sighting. */
  adopt(document: DeviceDocument): void {
    const theirs = identityOf(document);
    const mine = this.identities.get(document.id);
    const identity = mine ?? { ...theirs, identifiers: new Map<string, Identifier>() };
    this.identities.set(identity.id, identity);
    for (const [key, identifier] of theirs.identifiers) {
      const owner = this.owners.get(key);
      const held = owner?.identifiers.get(key);
      if (held && held.lastSeen >= identifier.lastSeen) continue;
      if (owner && owner !== identity) owner.identifiers.delete(key);
      this.owners.set(key, identity);
      identity.identifiers.set(key, identifier);
    }
    identity.vendor = document.vendor ?? identity.vendor;
    identity.suggestedName ??= document.suggestedName;
    identity.lastSeen = Math.max(identity.lastSeen, document.lastSeen);
    identity.formerly = document.formerly;
    identity.notSameAs.clear();
    for (const other of document.notSameAs ?? []) identity.notSameAs.add(other);
  }

  /** A document lost identifiers by somebody else's hand: they are the device's no more. */
  letGo(before: DeviceDocument | undefined, after: DeviceDocument): void {
    const identity = this.identities.get(after.id);
    const kept = new Set(after.identifiers.map(keyOf));
    for (const key of (before?.identifiers ?? []).map(keyOf))
      if (identity && !kept.has(key) && this.owners.get(key) === identity) this.take(identity, key);
  }

  /** Drops addresses that were not seen for long; those set by a person stay in the document, but out of the table. */
  prune(now: WallMs): void {
    for (const identity of this.identities.values())
      for (const [key, identifier] of identity.identifiers)
        if (identifier.source !== 'owner' && isAged(identifier, now)) this.take(identity, key);
  }

  /**
   * The address of one device turned up at the MAC of another. If the first was never more than this address,
   * they are one. If not, the address moved on, as addresses do.
   */
  private unite(byAddress: Identity, byMac: Identity, address: string): Identity {
    const onlyThis = isAddressOnly(byAddress) && valuesOf(byAddress, 'address').every((value) => value === address);
    if (!onlyThis || byAddress.notSameAs.has(byMac.id)) return byMac;
    const [from, into] = this.deps.isDecided(byAddress.id) ? [byMac, byAddress] : [byAddress, byMac];
    if (this.deps.isDecided(from.id)) return byMac;
    this.absorb(from, into);
    return into;
  }
}
