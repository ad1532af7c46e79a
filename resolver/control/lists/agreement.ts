import { createReadStream, statSync } from 'node:fs';
import { PIECE } from '../../../lists/short-calls.ts';
import type { ListVersionDocument } from '../settings/documents.ts';
import type { PackedText } from '../store/store.ts';
import type { Subscription } from './subscription.ts';

/** What the resolvers of one household agreed on, where several share a store. All may reject while it is away. */
export interface SharedVersions {
  of(list: string): ListVersionDocument | undefined;
  /** Calls back after each change of a list or of what was agreed on. @returns what ends that */
  watch(changed: () => void): () => void;
  /** The text of a version, packed; undefined where no resolver could leave it. */
  text(version: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  keep(version: string, text: PackedText): Promise<void>;
  /** The newest wish counts. */
  agree(proposed: ListVersionDocument, text: PackedText): Promise<void>;
}

export interface AgreementDeps {
  readonly shared: SharedVersions;
  readonly subscriptions: () => readonly Subscription[];
  /** Makes a rule-set of the candidates. */
  readonly compile: () => Promise<void>;
  /** Looks at the list's own address. */
  readonly check: (subscriptions: readonly Subscription[]) => Promise<void>;
}

/** Milliseconds that a new version waits for the store; it goes live here all the same. */
const PATIENCE = 3000;
/** Milliseconds until what could not be said or got is tried again. */
const AGAIN = 5000;

/**
 * Keeps the versions of all resolvers of a household the same. Whoever finds a new version says so before it makes its
 * own rule-set, so that all make theirs at the same time; who can't get the text where it is published, takes the one
 * that was left in the store.
 */
export class Agreement {
  private readonly deps: AgreementDeps;
  /** What was tried of each list: what could not be used is not tried at every change of anything. */
  private readonly tried = new Map<string, number>();
  private following: Promise<void> | undefined;
  private isStale = false;
  private unwatch: (() => void) | undefined;
  private again: NodeJS.Timeout | undefined;

  constructor(deps: AgreementDeps) {
    this.deps = deps;
  }

  start(): void {
    this.unwatch = this.deps.shared.watch(() => void this.follow());
    void this.follow().then(() => this.tell(this.deps.subscriptions()));
  }

  async stop(): Promise<void> {
    this.unwatch?.();
    clearTimeout(this.again);
    await this.following;
  }

  /** Says which versions are to be used from now on. Never rejects. */
  async tell(subscriptions: readonly Subscription[]): Promise<void> {
    const told = Promise.all(subscriptions.map((subscription) => this.tellOf(subscription)));
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, PATIENCE);
    await Promise.race([told, patience.promise]);
    clearTimeout(timer);
  }

  private async tellOf(subscription: Subscription): Promise<void> {
    const { proposal } = subscription;
    if (proposal === undefined) return;
    const agreed = this.deps.shared.of(proposal.id);
    if (agreed?.url === proposal.url && agreed.since >= proposal.since) return;
    try {
      await this.deps.shared.agree(proposal, packedText(subscription, proposal.version));
    } catch {
      this.tryAgain();
    }
  }

  /** Goes along with what was agreed on. Never rejects; calls that come together share one. */
  private follow(): Promise<void> {
    this.isStale = true;
    this.following ??= this.catchUp().finally(() => {
      this.following = undefined;
    });
    return this.following;
  }

  private async catchUp(): Promise<void> {
    while (this.isStale) {
      this.isStale = false;
      const subscriptions = this.deps.subscriptions();
      const changed = await Promise.all(subscriptions.map((one) => this.followOne(one).catch(() => this.tryAgain())));
      if (changed.some((isNew) => isNew)) await this.deps.compile();
    }
  }

  /** @returns whether there is something new to compile */
  private async followOne(subscription: Subscription): Promise<boolean> {
    const pinned = await this.followPin(subscription);
    const { id, url } = subscription.document;
    const agreed = this.deps.shared.of(id);
    if (agreed?.url !== url || !subscription.isBehind(agreed) || this.tried.get(id) === agreed.since) return pinned;
    this.tried.set(id, agreed.since);
    if (await this.take(subscription, agreed)) return true;
    await this.deps.check([subscription]);
    if (await this.take(subscription, agreed)) return true;
    this.tryAgain();
    return pinned;
  }

  private async take(subscription: Subscription, agreed: ListVersionDocument): Promise<boolean> {
    const { version } = agreed;
    const isHere = subscription.keeps(version);
    const packed = isHere ? undefined : await this.deps.shared.text(version).catch(() => undefined);
    if (packed !== undefined) await subscription.search.keep(version, packed);
    return subscription.follow(agreed);
  }

  private async followPin(subscription: Subscription): Promise<boolean> {
    const { shared } = this.deps;
    const { pinned } = subscription.document;
    if (pinned === undefined) return false;
    if (subscription.keeps(pinned)) {
      await shared.keep(pinned, packedText(subscription, pinned));
      return false;
    }
    const packed = await shared.text(pinned);
    return packed !== undefined && subscription.search.keep(pinned, packed);
  }

  private tryAgain(): void {
    this.again ??= setTimeout(() => {
      this.again = undefined;
      this.tried.clear();
      void this.follow().then(() => this.tell(this.deps.subscriptions()));
    }, AGAIN);
  }
}

function packedText(subscription: Subscription, version: string): PackedText {
  const path = subscription.pathOf(version);
  return { bytes: statSync(path).size, pieces: () => createReadStream(path, { highWaterMark: PIECE }) };
}
