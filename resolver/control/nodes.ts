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

  /** This node first, then the others as they were heard of last. */
  all(): SeenNode[] {
    const others = this.others.sort((a, b) => a.name.localeCompare(b.name));
    return [{ ...this.deps.self(), silentFor: 0 }, ...others];
  }

  /** Whether somebody follows the attempts live on another node. */
  get isWatchedElsewhere(): boolean {
    return this.others.some(({ watching, silentFor }) => watching && silentFor < SILENT_AFTER);
  }

  /** Signs of life now, for what others should know at once. */
  async look(): Promise<void> {
    const { nodes, self } = this.deps;
    if (!nodes) return;
    try {
      await nodes.beat(self());
      this.seen = await nodes.all();
      for (const { id } of this.others.filter(isForerunner(self()))) await nodes.leave(id);
    } catch {
      // The store is away, which others say; nodes are where they were until it answers.
    }
  }

  private get others(): SeenNode[] {
    const { id } = this.deps.self();
    return this.seen.filter((node) => node.id !== id);
  }
}

/** What a node that was killed left of itself, now that it was started anew. */
const isForerunner = (self: NodeState) => (node: SeenNode) => node.name === self.name && node.silentFor >= SILENT_AFTER;
