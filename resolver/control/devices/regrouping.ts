import type { WallMs } from '../../policy/model.ts';
import type { DeviceDocument, Identifier } from '../settings/documents.ts';
import type { DeviceDocuments } from './device-writes.ts';
import { asFormer, joined, returning } from './former.ts';
import { type Identity, keyOf, valuesOf } from './identity.ts';
import type { Recognition } from './recognition.ts';

export interface RegroupingDeps {
  readonly recognition: Recognition;
  readonly documents: DeviceDocuments;
  readonly documentOf: (id: string) => DeviceDocument | undefined;
  readonly now: () => WallMs;
}

/** What was asked for can't be done; one sentence with the remedy. */
export class CannotRegroup extends Error {
  override name = 'CannotRegroup';
}

/** What people say about which devices are one. Written down before it holds; what they said is not undone by a sighting. */
export class Regrouping {
  private readonly deps: RegroupingDeps;

  constructor(deps: RegroupingDeps) {
    this.deps = deps;
  }

  /** They are one. The first stays with its name and settings, and takes from the others what it lacks. @throws CannotRegroup */
  async merge(ids: readonly string[], by: string): Promise<DeviceDocument> {
    const [first, ...others] = [...new Set(ids)].map((id) => this.mustKnow(id));
    if (others.length === 0) throw new CannotRegroup('Choose two devices or more that are one.');
    const now = this.deps.now();
    const gone = others.map(({ id }) => this.deps.documentOf(id)!);
    const kept = gone.reduce(inherit, this.deps.documentOf(first.id)!);
    const value = { ...kept, formerly: joined(kept.formerly, ...gone.map((device) => asFormer(device, now))) };
    await this.deps.documents.change(by, [{ id: first.id, value }, ...others.map(({ id }) => ({ id }))]);
    const { ownership } = this.deps.recognition;
    for (const other of others) {
      other.notSameAs.delete(first.id);
      first.notSameAs.delete(other.id);
      if (ownership.identities.has(other.id)) ownership.absorb(other, first);
    }
    return this.deps.documentOf(first.id)!;
  }

  /**
   * These identifiers are another device: the one that they were before they became this one, if they were any, with
   * what was recorded of it then. It starts with the same settings, and without a name.
   * @throws CannotRegroup
   */
  async split(id: string, chosen: readonly Pick<Identifier, 'kind' | 'value'>[], by: string): Promise<DeviceDocument> {
    const identity = this.mustKnow(id);
    const { ownership } = this.deps.recognition;
    const leaving = this.leaving(identity, chosen);
    const { formerly } = identity;
    const again = returning(formerly, new Set(leaving.map(keyOf)));
    const split = ownership.create(this.deps.now(), again[0]?.id);
    split.formerly = joined(again.slice(1));
    identity.formerly = joined(formerly?.filter((former) => !again.includes(former)));
    for (const { kind, value, source, lastSeen } of leaving) ownership.give(split, kind, value, source, lastSeen);
    split.notSameAs.add(id);
    identity.notSameAs.add(split.id);
    const { preset, purposes, groups, pausedUntil, recording, recordingUntil } = this.deps.documentOf(id)!;
    const settings = { preset, purposes, groups, pausedUntil, recording, recordingUntil };
    try {
      await this.deps.documents.change(by, [
        { id: split.id, value: { ...this.deps.documentOf(split.id)!, ...settings } },
        { id, value: this.deps.documentOf(id)! },
      ]);
    } catch (error) {
      identity.notSameAs.delete(split.id);
      ownership.absorb(split, identity);
      identity.formerly = formerly;
      throw error;
    }
    this.deps.recognition.describe(split);
    return this.deps.documentOf(split.id)!;
  }

  /** They are not one, and nobody is to be asked again. @throws CannotRegroup */
  async keepApart(ids: readonly string[], by: string): Promise<void> {
    const devices = [...new Set(ids)].map((id) => this.mustKnow(id));
    for (const one of devices) for (const other of devices) if (one !== other) one.notSameAs.add(other.id);
    await this.write(by, devices);
  }

  private write(by: string, devices: readonly Identity[]): Promise<void> {
    return this.deps.documents.change(
      by,
      devices.map(({ id }) => ({ id, value: this.deps.documentOf(id)! })),
    );
  }

  /** This is the device's, whoever had it: the private name it comes by, or an address that never changes. @throws CannotRegroup */
  async identify(id: string, { kind, value }: Pick<Identifier, 'kind' | 'value'>, by: string): Promise<DeviceDocument> {
    const identity = this.mustKnow(id);
    const { ownership } = this.deps.recognition;
    const loser = ownership.ownerOf(kind, value);
    const before = loser?.identifiers.get(keyOf({ kind, value }));
    ownership.give(identity, kind, value, 'owner', this.deps.now());
    try {
      await this.write(by, loser && loser !== identity ? [identity, loser] : [identity]);
    } catch (error) {
      ownership.take(identity, keyOf({ kind, value }));
      if (loser && before) ownership.give(loser, kind, value, before.source, before.lastSeen);
      throw error;
    }
    return this.deps.documentOf(id)!;
  }

  /** It is not the device's any more, and nobody's for now. @throws CannotRegroup */
  async release(id: string, identifier: Pick<Identifier, 'kind' | 'value'>, by: string): Promise<DeviceDocument> {
    const identity = this.mustKnow(id);
    const { ownership } = this.deps.recognition;
    const held = identity.identifiers.get(keyOf(identifier));
    if (!held) return this.deps.documentOf(id)!;
    ownership.take(identity, keyOf(identifier));
    try {
      await this.write(by, [identity]);
    } catch (error) {
      ownership.give(identity, held.kind, held.value, held.source, held.lastSeen);
      throw error;
    }
    return this.deps.documentOf(id)!;
  }

  /** A MAC takes its addresses along. An address that goes without its MAC has to be held by a person's word. */
  private leaving(identity: Identity, chosen: readonly Pick<Identifier, 'kind' | 'value'>[]): Identifier[] {
    const { links } = this.deps.recognition;
    const keys = new Set(chosen.map(keyOf).filter((key) => identity.identifiers.has(key)));
    const goesWithItsMac = (address: string) => keys.has(`mac:${links.macOf(address, this.deps.now())}`);
    for (const address of valuesOf(identity, 'address')) if (goesWithItsMac(address)) keys.add(`address:${address}`);
    if (keys.size === 0 || keys.size === identity.identifiers.size)
      throw new CannotRegroup('Choose some of the identifiers of this device, but not all of them.');
    return [...keys].map((key) => {
      const identifier = identity.identifiers.get(key)!;
      const held = identifier.kind === 'address' && !goesWithItsMac(identifier.value);
      return held ? { ...identifier, source: 'owner' } : identifier;
    });
  }

  private mustKnow(id: string): Identity {
    const identity = this.deps.recognition.ownership.identities.get(id);
    if (!identity) throw new CannotRegroup(`There is no device ${id} any more; reload the list of devices.`);
    return identity;
  }
}

const inherit = (kept: DeviceDocument, other: DeviceDocument): DeviceDocument => ({
  ...kept,
  name: kept.name ?? other.name,
  suggestedName: kept.suggestedName ?? other.suggestedName,
  vendor: kept.vendor ?? other.vendor,
  kind: kept.kind === 'unknown' ? other.kind : kept.kind,
  preset: kept.preset ?? other.preset,
  groups: kept.groups.length > 0 ? kept.groups : other.groups,
  purposes: Object.keys(kept.purposes).length > 0 ? kept.purposes : other.purposes,
  identifiers: [...kept.identifiers, ...other.identifiers],
  firstSeen: Math.min(kept.firstSeen, other.firstSeen),
  lastSeen: Math.max(kept.lastSeen, other.lastSeen),
});
