import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashName, lanesOfName } from '../../lists/rule-set/name-hash.ts';
import { RuleSet } from '../../lists/rule-set/rule-set.ts';
import { fetchLimits } from '../../resolver/control/lists/list-fetcher.ts';
import { Lists, type ListsDeps } from '../../resolver/control/lists/lists.ts';
import type { ListDocument } from '../../resolver/control/settings/documents.ts';

export const childEntry = new URL('../../resolver/control/lists/compile-child.ts', import.meta.url).pathname;

export const listDocument = (url: string, more: Partial<ListDocument> = {}): ListDocument => ({
  id: 'l_1',
  name: 'A list',
  url,
  kind: 'block',
  scope: { kind: 'everyone' },
  enabled: true,
  watchOnly: false,
  ...more,
});

/** Many made-up names, one a line, so that the gate has something to measure. */
export const namesList = (count: number, ...more: string[]): string =>
  `${[...Array.from({ length: count }, (_, at) => `ads${at}.example.com`), ...more].join('\n')}\n`;

/** A household's lists on a disk of their own. */
export class Household {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'quell-lists-'));
  documents: ListDocument[] = [];
  ruleSet: RuleSet | undefined;
  swaps = 0;
  lists: Lists;
  private readonly more: Partial<ListsDeps>;
  private changed: () => void = () => {};
  private swapped: () => void = () => {};

  constructor(more: Partial<ListsDeps> = {}) {
    this.more = more;
    this.lists = this.create();
  }

  private create(): Lists {
    return new Lists({
      dataDir: this.dataDir,
      documents: {
        lists: () => this.documents,
        watch: (changed) => {
          this.changed = changed;
          return () => {};
        },
      },
      packs: [],
      neverBlock: ['connectivitycheck.gstatic.com'],
      functional: ['account.xiaomi.com', 'find.api.micloud.xiaomi.net'],
      onRuleSet: (buffer) => {
        this.ruleSet = RuleSet.open(buffer);
        this.swaps++;
        this.swapped();
      },
      now: () => Date.now(),
      bootstrap: [{ address: '127.0.0.1', port: 9 }],
      allowPrivate: true,
      childEntry,
      memory: { ruleSet: 2 ** 24, childHeapMb: 128 },
      limits: { ...fetchLimits, bytes: 2 ** 20, silence: 500, total: 5000 },
      ...this.more,
    });
  }

  change(...documents: ListDocument[]): void {
    this.documents = documents;
    this.changed();
  }

  nextRuleSet(): Promise<void> {
    return new Promise((resolve) => {
      this.swapped = resolve;
    });
  }

  async restart(): Promise<void> {
    await this.lists.stop();
    this.ruleSet = undefined;
    this.lists = this.create();
    await this.lists.start();
  }

  /** What the rule-set in use says of a name: actions of every entry that holds for it. */
  says(name: string): string[] {
    const { ruleSet } = this;
    const labels = hashName(name);
    if (ruleSet === undefined) return [];
    return Array.from({ length: labels }, (_, level) => level).flatMap((level) => {
      const listSet = ruleSet.find(lanesOfName[2 * level], lanesOfName[2 * level + 1]);
      const whole = level === labels - 1;
      return (ruleSet.meta.listSets[listSet] ?? [])
        .filter(({ match }) => (whole ? match !== 'below' : match !== 'exact'))
        .map(({ action }) => action);
    });
  }

  putFile(name: string, text: string): void {
    writeFileSync(join(this.dataDir, name), text);
  }

  async end(): Promise<void> {
    await this.lists.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
