import { defaultGateways } from './gateway.ts';

export interface RoutersDeps {
  readonly changed: () => void;
  readonly find?: () => Promise<readonly string[]>;
}

/** Routers change seldom, but a machine may be up before its network is. */
const EVERY = 30_000;

/** Addresses of the household's routers, as this machine's default routes have them. */
export class Routers {
  addresses: readonly string[] = [];
  private readonly deps: RoutersDeps;
  private timer: NodeJS.Timeout | undefined;

  constructor(deps: RoutersDeps) {
    this.deps = deps;
  }

  /** Resolves when they are known. */
  async start(): Promise<void> {
    this.timer = setInterval(() => void this.look(), EVERY).unref();
    await this.look();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const { find = defaultGateways, changed } = this.deps;
    const found = await find();
    if (found.join() === this.addresses.join()) return;
    this.addresses = found;
    changed();
  }
}
