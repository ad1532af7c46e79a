import type { NodeState, Nodes, SeenNode } from './store/store.ts';

/** Milliseconds between two signs of life. */
const EVERY = 2000;
/** Milliseconds after which a node that was not heard of counts as silent. */
export const SILENT_AFTER = 10_000;

export interface NodeWatchDeps {
  /** Missing where the store is this node's alone. */
  readonly nodes: Nodes | undefined;
  readonly self: () => NodeState;
}

/** Tells the household's other resolvers that this one is there, and knows of them. */
export class NodeWatch {
  private readonly deps: NodeWatchDeps;
  private seen: readonly SeenNode[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(deps: NodeWatchDeps) {
    this.deps = deps;
  }

  start(): void {
    if (!this.deps.nodes) return;
    this.timer = setInterval(() => void this.look(), EVERY).unref();
    void this.look();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.deps.nodes?.leave(this.deps.self().id).catch(() => {});
  }

  /** This node first, then the others as they were heard of last; one that was started anew is there once. */
  all(): SeenNode[] {
    const self = this.deps.self();
    const alive = new Set(this.others.filter(({ silentFor }) => silentFor < SILENT_AFTER).map(({ name }) => name));
    const others = this.others.filter(
      ({ name, silentFor }) => silentFor < SILENT_AFTER || (name !== self.name && !alive.has(name)),
    );
    return [{ ...self, silentFor: 0 }, ...others.sort((a, b) => a.name.localeCompare(b.name))];
  }

  /** Whether somebody follows the attempts live on another node. */
  get isWatchedElsewhere(): boolean {
    return this.others.some(({ watching, silentFor }) => watching && silentFor < SILENT_AFTER);
  }

  /** Signs of life now, for what others should know at once. */
  async look(): Promise<void> {
    const { nodes, self } = this.deps;
    try {
      await nodes?.beat(self());
      this.seen = (await nodes?.all()) ?? [];
    } catch {
      // The store is away, which others say; nodes are where they were until it answers.
    }
  }

  private get others(): SeenNode[] {
    const { id } = this.deps.self();
    return this.seen.filter((node) => node.id !== id);
  }
}
