import { randomBytes } from 'node:crypto';
import type { UnknownClient } from '../../between/device-table.ts';
import type { WallMs } from '../../policy/model.ts';
import { canonicalAddress } from './address.ts';
import { type Identity, isAddressOnly, valuesOf } from './identity.ts';
import { type Likeness, Likenesses } from './likeness.ts';
import { Links } from './links.ts';
import { canonicalMac } from './mac.ts';
import { Ownership } from './ownership.ts';
import { Presences } from './presence.ts';
import type { Sighting } from './sighting.ts';
import { betterName } from './suggested-name.ts';
import { vendorOf } from './vendors/vendors.ts';

export interface RecognitionDeps {
  readonly now: () => WallMs;
  /** The household decided something about the device, so it never vanishes by itself. */
  readonly isDecided: (id: string) => boolean;
  /** @param news false for a mere newer time */
  readonly touched: (id: string, news: boolean) => void;
  readonly absorbed: (from: string, into: string) => void;
  /** Canonical addresses of the household's routers. */
  readonly routers: () => readonly string[];
  readonly sharedChanged: () => void;
  /** By the leases that are known somebody looks like a repeater; those of now would tell. Called until they are read. */
  readonly lookAgain: () => void;
  readonly log: (sentence: string) => void;
}

const DAY = 24 * 60 * 60_000;
/** Strangers that may become devices per minute; the rest has the household's default and is noted again later. */
const STRANGERS_PER_MINUTE = 300;
/** Nobody decided anything about it and it was not seen for so long: it is forgotten. */
const FORGET_AFTER = 90 * DAY;
const FORGET_ADDRESS_ONLY_AFTER = 14 * DAY;

/** Turns what sources see and who asks into devices. Knows no document, no file and no socket. */
export class Recognition {
  readonly ownership: Ownership;
  readonly links: Links;
  readonly likenesses = new Likenesses();
  readonly presences = new Presences();
  private readonly deps: RecognitionDeps;
  private strangers = { minute: 0, count: 0 };

  constructor(deps: RecognitionDeps) {
    this.deps = deps;
    this.links = new Links(deps.sharedChanged);
    this.ownership = new Ownership({
      now: deps.now,
      newId: () => `d_${randomBytes(8).toString('hex')}`,
      isDecided: deps.isDecided,
      touched: deps.touched,
      absorbed: (from, into) => {
        this.likenesses.merge(from, into);
        this.presences.merge(from, into);
        deps.absorbed(from, into);
      },
    });
  }

  /** A client asked whom the table does not know: it is a device from now on. */
  admit(client: UnknownClient): void {
    const at = this.deps.now();
    this.learn(client, at);
    const device = this.deviceOf(client, at);
    if (!device) return;
    if (client.name !== undefined) this.ownership.give(device, 'name', client.name, 'name', at);
    this.presences.asked(device.id, at);
    this.describe(device);
  }

  /** Its questions reach us. @param at of the newest */
  saw(id: string, at: WallMs): void {
    const identity = this.ownership.identities.get(id);
    if (!identity) return;
    identity.lastSeen = Math.max(identity.lastSeen, at);
    this.presences.asked(id, at);
    this.deps.touched(id, false);
  }

  /** It asked for this name. */
  heard(id: string, name: string): void {
    const identity = this.ownership.identities.get(id);
    if (identity && this.likenesses.heard(id, name)) this.describe(identity);
  }

  see(sighting: Sighting): void {
    if (sighting.kind === 'link') this.seeLink(sighting);
    else if (sighting.kind === 'host-name') this.seeName(sighting);
    else if (sighting.kind === 'service') this.seeService(sighting);
    else if (sighting.kind === 'vendor-class') this.seeVendorClass(sighting);
    else if (sighting.kind === 'read') this.settle(this.links.leasesRead(sighting.at), sighting.at);
    // An address that is gone stays with its device until somebody else turns up with it.
    else if (sighting.source === 'lease')
      this.settle(this.links.leaseEnded(sighting.address, sighting.at), sighting.at);
    if (this.links.inDoubt && sighting.kind !== 'read') this.deps.lookAgain();
  }

  /** Vendor and kind as far as they are beyond doubt; a person's word in the document stands above both. */
  describe(identity: Identity): void {
    const likeness = this.likenesses.of(identity);
    const registered = valuesOf(identity, 'mac').map(vendorOf).find(Boolean)?.name;
    const vendor = registered ?? likeness.vendor ?? identity.vendor;
    const kind = identity.kind === 'unknown' ? this.kindOf(identity, likeness) : identity.kind;
    if (vendor === identity.vendor && kind === identity.kind) return;
    identity.vendor = vendor;
    identity.kind = kind;
    this.deps.touched(identity.id, true);
  }

  /** A router asks for phones and so looks like one; what the network's own routes say stands above that. */
  private kindOf(identity: Identity, likeness: Likeness): Identity['kind'] {
    if (this.deps.routers().some((address) => identity.identifiers.has(`address:${address}`))) return 'router';
    return likeness.certain ? likeness.kind : 'unknown';
  }

  /** Forgets what is too old to say anything. */
  tidy(): void {
    const now = this.deps.now();
    this.ownership.prune(now);
    this.links.prune(now - FORGET_AFTER);
    for (const identity of [...this.ownership.identities.values()]) {
      const keep = isAddressOnly(identity) ? FORGET_ADDRESS_ONLY_AFTER : FORGET_AFTER;
      if (now - identity.lastSeen > keep && !this.deps.isDecided(identity.id)) this.forget(identity.id);
    }
  }

  forget(id: string): void {
    this.ownership.remove(id);
    this.presences.forget(id);
    this.likenesses.forget(id);
  }

  /** What the kernel said of it when it asked, so it was there: that may be known here only by what is still under way. */
  private learn({ address, neighbour }: UnknownClient, at: WallMs): void {
    const [known, mac] = [canonicalAddress(address ?? ''), canonicalMac(neighbour ?? '')];
    if (known === undefined || mac === undefined) return;
    this.see({ kind: 'link', source: 'neighbour', address: known, mac, at, confirmed: true });
  }

  private deviceOf(client: UnknownClient, at: WallMs): Identity | undefined {
    const { ownership } = this;
    const mac = client.mac === undefined ? undefined : canonicalMac(client.mac);
    const address = client.address === undefined ? undefined : canonicalAddress(client.address);
    if (mac !== undefined) return this.reported(mac, address, at);
    // A phone that comes by its name may do so from anywhere; the address it has there is not its own.
    if (client.name !== undefined) return ownership.ownerOf('name', client.name) ?? this.stranger(at);
    if (address === undefined) return undefined;
    const linked = this.links.macOf(address, at);
    const known = linked === undefined ? undefined : ownership.attach(address, linked, 'neighbour', at);
    const device = known ?? ownership.ownerOf('address', address) ?? this.stranger(at);
    if (device) ownership.give(device, 'address', address, 'address', at);
    return device;
  }

  /** A trusted forwarder told the MAC, and perhaps the address, of the device that asked it. */
  private reported(mac: string, address: string | undefined, at: WallMs): Identity | undefined {
    const { ownership } = this;
    if (address !== undefined) return ownership.attach(address, mac, 'edns-mac', at);
    const device = ownership.ownerOf('mac', mac) ?? this.stranger(at);
    if (device) ownership.give(device, 'mac', mac, 'edns-mac', at);
    return device;
  }

  private stranger(at: WallMs): Identity | undefined {
    const minute = Math.floor(at / 60_000);
    if (this.strangers.minute !== minute) this.strangers = { minute, count: 0 };
    const count = ++this.strangers.count;
    if (count <= STRANGERS_PER_MINUTE) return this.ownership.create(at);
    if (count === STRANGERS_PER_MINUTE + 1)
      this.deps.log(
        `More than ${STRANGERS_PER_MINUTE} unknown clients in a minute; the others are answered but not listed.`,
      );
    return undefined;
  }

  private seeLink(sighting: Sighting & { kind: 'link' }): void {
    this.settle(this.links.see(sighting, this.deps.now()), sighting.at, sighting);
  }

  /** Brings addresses to the devices that their links say. @param proof the sighting behind it, which may prove presence */
  private settle(addresses: readonly string[], at: WallMs, proof?: Sighting & { kind: 'link' }): void {
    for (const address of addresses) {
      const proven = proof?.confirmed === true && address === proof.address;
      const mac = this.links.macOf(address, at);
      const owner = this.ownership.ownerOf('address', address);
      const settled = owner !== undefined && mac !== undefined && owner === this.ownership.ownerOf('mac', mac);
      // What the kernel merely remembers is no proof that the device was there now.
      if (settled && !proven) continue;
      const source = proof?.source ?? 'neighbour';
      const device =
        mac === undefined ? this.behindShared(address, at) : this.ownership.attach(address, mac, source, at);
      if (proven) this.presences.confirmed(device.id, at);
      this.describe(device);
    }
  }

  /** One of several behind a shared MAC: its address is all there is to go by. */
  private behindShared(address: string, at: WallMs): Identity {
    const owner = this.ownership.ownerOf('address', address);
    const isTheRepeater = owner && valuesOf(owner, 'mac').some((mac) => this.links.isShared(mac, at));
    const device = owner && !isTheRepeater ? owner : this.ownership.create(at);
    this.ownership.give(device, 'address', address, 'address', at);
    return device;
  }

  private seeName(sighting: Sighting & { kind: 'host-name' }): void {
    const { address, mac, name, source, at } = sighting;
    if (address !== undefined && source === 'lease') this.settle(this.links.named(address, name, at), at);
    const identity = this.calledBy(address, mac, at);
    if (!identity) return;
    const better = betterName(identity, name, source);
    if (better === undefined) return;
    identity.suggestedName = better;
    identity.suggestedBy = source;
    this.deps.touched(identity.id, true);
    this.describe(identity);
  }

  private seeService({ address, service, at }: Sighting & { kind: 'service' }): void {
    const identity = this.ownership.ownerOf('address', address);
    if (!identity) return;
    this.presences.confirmed(identity.id, at);
    if (this.likenesses.offers(identity.id, service)) this.describe(identity);
  }

  private seeVendorClass({ address, mac, vendorClass, at }: Sighting & { kind: 'vendor-class' }): void {
    const identity = this.calledBy(address, mac, at);
    if (identity && this.likenesses.requested(identity.id, vendorClass)) this.describe(identity);
  }

  private calledBy(address: string | undefined, mac: string | undefined, at: WallMs): Identity | undefined {
    const byMac = mac === undefined || this.links.isShared(mac, at) ? undefined : this.ownership.ownerOf('mac', mac);
    return byMac ?? (address === undefined ? undefined : this.ownership.ownerOf('address', address));
  }
}
