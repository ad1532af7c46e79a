import type { DeviceTable, UnknownClient } from '../../between/device-table.ts';
import type { WallMs } from '../../policy/model.ts';
import type { DeviceDocument, Identifier } from '../settings/documents.ts';
import { type DeviceView, viewOf } from './device-view.ts';
import { type DeviceDocuments, DeviceWrites } from './device-writes.ts';
import { joined } from './former.ts';
import { documentOf, isDecided, keyOf, valuesOf } from './identity.ts';
import type { Presence } from './presence.ts';
import { type MergeProposal, proposeMerges } from './proposals.ts';
import { Recognition } from './recognition.ts';
import { Regrouping } from './regrouping.ts';
import type { Source, SourceState } from './sighting.ts';
import { TablePublisher, tableOf } from './table.ts';

export interface DevicesDeps {
  readonly documents: DeviceDocuments;
  readonly publish: (table: DeviceTable) => void;
  readonly sources: readonly Source[];
  readonly now: () => WallMs;
  /** Whether a rule names the device; such a one is never absorbed by another without being asked. */
  readonly hasRules?: (id: string) => boolean;
  /** Canonical addresses of the household's routers; `routersChanged` is to be called when they are others. */
  readonly routers?: () => readonly string[];
  /** A device turned out to be another one; what is kept under its id belongs to `into` now. */
  readonly absorbed?: (from: string, into: string) => void;
  readonly log?: (sentence: string) => void;
}

const HOUR = 60 * 60_000;
/** Devices that became another one, as far back as questions asked before may still arrive. */
const MOST_FORMER = 1000;

/** Which phone is it? Keeps each phone one device whatever its addresses are, and tells answering who is behind an address. */
export class Devices {
  private readonly deps: DevicesDeps;
  private readonly recognition: Recognition;
  private readonly regrouping: Regrouping;
  private readonly publisher: TablePublisher;
  private readonly writes: DeviceWrites;
  /** The documents as they were read last. */
  private stored: ReadonlyMap<string, DeviceDocument> = new Map();
  private readonly formerly = new Map<string, string>();
  private regroupings = 0;
  private tidying: NodeJS.Timeout | undefined;

  constructor(deps: DevicesDeps) {
    this.deps = deps;
    const { now, publish, documents, log = () => {}, routers = () => [] } = deps;
    this.recognition = new Recognition({
      now,
      log,
      routers,
      isDecided: (id) => isDecided(this.find(id)) || (deps.hasRules?.(id) ?? false),
      touched: (id, news) => this.touched(id, news),
      sharedChanged: () => this.publisher.changed(),
      lookAgain: () => this.lookAgain(),
      absorbed: (from, into) => this.absorbed(from, into),
    });
    this.publisher = new TablePublisher({
      now,
      publish,
      rows: () => tableOf(this.identities.values(), this.recognition.links, now()),
    });
    this.writes = new DeviceWrites({ documents, log, documentOf: (id, stored) => this.document(id, stored) });
    this.regrouping = new Regrouping({
      recognition: this.recognition,
      documents,
      now,
      documentOf: (id) => this.get(id),
    });
  }

  /** Resolves when every source has told what it knows already. */
  async start(): Promise<void> {
    this.reload();
    this.writes.start();
    this.tidying = setInterval(() => this.tidy(), HOUR);
    this.tidying.unref();
    await Promise.all(this.deps.sources.map((source) => source.start((sighting) => this.recognition.see(sighting))));
  }

  /** Ends the sources and writes down what is not yet written. */
  async stop(): Promise<void> {
    clearInterval(this.tidying);
    await Promise.all(this.deps.sources.map((source) => source.stop()));
    this.publisher.stop();
    await this.writes.stop();
  }

  /** To be called when documents changed: by another resolver, an import, or a person who deleted a device. */
  reload(): void {
    if (this.regroupings > 0) return;
    const documents = new Map(this.deps.documents.all().map((document) => [document.id, document]));
    const { ownership } = this.recognition;
    const byOthers = (id: string) => this.stored.get(id) !== documents.get(id) && !this.writes.isUnderWay(id);
    for (const id of this.stored.keys()) if (!documents.has(id) && byOthers(id)) this.recognition.forget(id);
    const changed = [...documents.values()].filter(({ id }) => byOthers(id));
    // What was taken from one may have been given to another by the same change, as when a merge is undone.
    for (const document of changed) ownership.letGo(this.stored.get(document.id), document);
    for (const document of changed) {
      const before = this.stored.get(document.id);
      // Where more is known here than is written, only what others added to the document is news.
      const isNewer = before !== undefined && this.writes.isPending(document.id);
      ownership.adopt(isNewer ? this.withAdded(document, before) : document);
    }
    this.stored = documents;
    // People who change what a device is expect it of the next question.
    this.publisher.now();
  }

  /** The default route leads elsewhere now. */
  routersChanged(): void {
    for (const address of this.deps.routers?.() ?? []) {
      const router = this.recognition.ownership.ownerOf('address', address);
      if (router) this.recognition.describe(router);
    }
  }

  /** A client asked whom the table does not know. */
  note(unknown: UnknownClient): void {
    this.recognition.admit(unknown);
    this.publisher.changed();
    // Where the kernel told its MAC, a look at all neighbours would tell no more, and be dear.
    if (unknown.neighbour === undefined) this.lookAgain();
  }

  /** Its questions reach us. Cheap; written down within the hour. @param at of the newest */
  saw(id: string, at: WallMs): void {
    this.recognition.saw(id, at);
  }

  /** It asked for a name that may tell what it is. @param name lower-case text without trailing dot */
  heard(id: string, name: string): void {
    this.recognition.heard(id, name);
  }

  /** As it was published last; for answering that starts anew. */
  table(): DeviceTable {
    return this.publisher.latest;
  }

  /** All devices with what is known of them by now, written down or not yet. */
  list(): DeviceDocument[] {
    const stored = new Map(this.deps.documents.all().map((document) => [document.id, document]));
    return [...this.identities.values()].map((identity) => documentOf(identity, stored.get(identity.id)));
  }

  get(id: string): DeviceDocument | undefined {
    return this.document(id, this.find(id));
  }

  /** What can be said about a device beside its document. */
  view(id: string): DeviceView | undefined {
    const identity = this.identities.get(id);
    const { links, likenesses } = this.recognition;
    return identity && viewOf(identity, { links, likeness: likenesses.of(identity), now: this.deps.now() });
  }

  presenceOf(id: string): Presence {
    return this.recognition.presences.of(id);
  }

  /** @param address canonical text */
  behind(address: string): string | undefined {
    return this.recognition.ownership.ownerOf('address', address)?.id;
  }

  /** Who asked under this address or MAC while it was a stranger's, or as a device that became another since. */
  askedAs(client: string): string | undefined {
    const { ownership } = this.recognition;
    const owner = ownership.ownerOf('address', client) ?? ownership.ownerOf('mac', client);
    return owner?.id ?? this.formerly.get(client);
  }

  /** Addresses of devices that have no name, newest first; what else is there to ask for one. */
  nameless(): string[] {
    return this.list()
      .filter(({ name, suggestedName }) => name === undefined && suggestedName === undefined)
      .sort((a, b) => b.lastSeen - a.lastSeen)
      .flatMap(({ identifiers }) => identifiers.filter(({ kind }) => kind === 'address').map(({ value }) => value));
  }

  /** How well each source works, for people. */
  sources(): { name: string; state: SourceState }[] {
    return this.deps.sources.map((source) => ({ name: source.name, state: source.state() }));
  }

  /** Devices that may be one, surest first, for a person to decide. */
  proposals(): MergeProposal[] {
    const now = this.deps.now();
    const { links, likenesses } = this.recognition;
    const names = new Map(this.deps.documents.all().map(({ id, name }) => [id, name]));
    const facts = [...this.identities.values()].map((identity) => ({
      identity,
      name: names.get(identity.id),
      likeness: likenesses.of(identity),
      shared: valuesOf(identity, 'mac').some((mac) => links.isShared(mac, now)),
    }));
    return proposeMerges(facts, now);
  }

  /** They are one: the first stays. @throws CannotRegroup */
  merge(ids: readonly string[], by: string): Promise<DeviceDocument> {
    return this.regroup(() => this.regrouping.merge(ids, by));
  }

  /** These identifiers are another device, which is returned. @throws CannotRegroup */
  split(id: string, identifiers: readonly Pick<Identifier, 'kind' | 'value'>[], by: string): Promise<DeviceDocument> {
    return this.regroup(() => this.regrouping.split(id, identifiers, by));
  }

  /** This identifier is the device's, such as the DoT name that was set on it. @throws CannotRegroup */
  identify(id: string, identifier: Pick<Identifier, 'kind' | 'value'>, by: string): Promise<DeviceDocument> {
    return this.regroup(() => this.regrouping.identify(id, identifier, by));
  }

  /** It goes by this name no more. @throws CannotRegroup */
  release(id: string, identifier: Pick<Identifier, 'kind' | 'value'>, by: string): Promise<DeviceDocument> {
    return this.regroup(() => this.regrouping.release(id, identifier, by));
  }

  /** They are not one; a proposal that said so is not made again. @throws CannotRegroup */
  keepApart(ids: readonly string[], by: string): Promise<void> {
    return this.regroup(() => this.regrouping.keepApart(ids, by));
  }

  /** What a person says is written down first; until it holds here too, documents and identities may differ. */
  private async regroup<T>(say: () => Promise<T>): Promise<T> {
    // What was never written down could not be brought back by undoing.
    await this.writes.settle();
    this.regroupings++;
    try {
      return await say();
    } finally {
      this.regroupings--;
      this.reload();
    }
  }

  private withAdded(document: DeviceDocument, before: DeviceDocument): DeviceDocument {
    const formerly = joined(this.identities.get(document.id)?.formerly, document.formerly);
    return { ...document, identifiers: added(before, document), formerly };
  }

  private absorbed(from: string, into: string): void {
    for (const [former, now] of this.formerly) if (now === from) this.formerly.set(former, into);
    this.formerly.set(from, into);
    if (this.formerly.size > MOST_FORMER) this.formerly.delete(this.formerly.keys().next().value!);
    this.deps.absorbed?.(from, into);
  }

  private lookAgain(): void {
    for (const source of this.deps.sources) source.lookAgain?.();
  }

  private get identities() {
    return this.recognition.ownership.identities;
  }

  private touched(id: string, news: boolean): void {
    this.writes.touched(id, news);
    if (news) this.publisher.changed();
  }

  private tidy(): void {
    this.recognition.tidy();
    this.publisher.changed();
  }

  private find(id: string): DeviceDocument | undefined {
    return this.deps.documents.all().find((document) => document.id === id);
  }

  private document(id: string, stored: DeviceDocument | undefined): DeviceDocument | undefined {
    const identity = this.identities.get(id);
    return identity && documentOf(identity, stored);
  }
}

const added = (before: DeviceDocument, after: DeviceDocument): Identifier[] => {
  const known = new Set(before.identifiers.map(keyOf));
  return after.identifiers.filter((identifier) => !known.has(keyOf(identifier)));
};
