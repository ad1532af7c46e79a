import type { DeviceDocument } from '../settings/documents.ts';

export interface DeviceDocuments {
  /** As the household has them now. */
  all(): readonly DeviceDocument[];
  /** All or none; durable when it resolves. Without a value the document is removed. */
  change(by: string, changes: readonly { readonly id: string; readonly value?: DeviceDocument }[]): Promise<void>;
}

export interface DeviceWritesDeps {
  readonly documents: DeviceDocuments;
  /** The document to write; undefined removes it. Asked as late as possible, so that no newer decision is overwritten. */
  readonly documentOf: (id: string, stored: DeviceDocument | undefined) => DeviceDocument | undefined;
  readonly log: (sentence: string) => void;
}

/** Short enough for a page to show a new device at once, long enough for its second address to arrive. */
const SOON = 100;
const LATER = 60 * 60_000;
const LONGEST_BACK_OFF = 60_000;

/** Brings what was recognised into the household's documents: news soon, mere times rarely; patiently while the store is away. */
export class DeviceWrites {
  private readonly deps: DeviceWritesDeps;
  private news = new Set<string>();
  private underWay: ReadonlySet<string> = new Set();
  private times = new Set<string>();
  private soon: NodeJS.Timeout | undefined;
  private later: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private backOff = SOON;
  private running = false;

  constructor(deps: DeviceWritesDeps) {
    this.deps = deps;
  }

  start(): void {
    this.running = true;
    this.later = setInterval(() => void this.flush(), LATER);
    this.later.unref();
    if (this.news.size > 0) this.plan();
  }

  /** Writes what is left, once. */
  async stop(): Promise<void> {
    this.running = false;
    clearInterval(this.later);
    clearTimeout(this.soon);
    await this.settle();
  }

  /** Writes all that is known by now. */
  async settle(): Promise<void> {
    await this.writing;
    await this.flush();
  }

  /** @param news false for what may wait an hour and would not be missed */
  touched(id: string, news: boolean): void {
    if (!news) {
      this.times.add(id);
      return;
    }
    this.news.add(id);
    this.plan();
  }

  /** What is known here is newer than the document. */
  isPending(id: string): boolean {
    return this.news.has(id);
  }

  /** It is being written down just now. */
  isUnderWay(id: string): boolean {
    return this.underWay.has(id);
  }

  private plan(): void {
    if (!this.running || this.soon || this.writing) return;
    this.soon = setTimeout(() => {
      this.soon = undefined;
      void this.flush();
    }, this.backOff);
  }

  flush(): Promise<void> {
    this.writing ??= this.write().finally(() => {
      this.writing = undefined;
      if (this.news.size > 0) this.plan();
    });
    return this.writing;
  }

  private async write(): Promise<void> {
    const news = this.news;
    const times = this.times;
    this.underWay = new Set([...news, ...times]);
    this.news = new Set();
    this.times = new Set();
    const stored = new Map(this.deps.documents.all().map((document) => [document.id, document]));
    const changes = [...new Set([...news, ...times])]
      .map((id) => ({ id, value: this.deps.documentOf(id, stored.get(id)) }))
      .filter(({ id, value }) => value !== undefined || stored.has(id));
    try {
      if (changes.length === 0) return;
      await this.deps.documents.change('quell', changes);
      this.backOff = SOON;
    } catch (error) {
      for (const id of news) this.news.add(id);
      for (const id of times) this.times.add(id);
      this.backOff = Math.min(this.backOff * 4, LONGEST_BACK_OFF);
      this.deps.log(`Devices are recognised but not written down yet: ${(error as Error).message}`);
    } finally {
      this.underWay = new Set();
    }
  }
}
