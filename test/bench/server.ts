import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, askTcp, isBlocked, isResolved } from './ask.ts';
import { Child, type Launch, serverCore } from './child.ts';
import { cpuOfTree, total } from './proc.ts';
import type { Setting } from './targets/target.ts';

export interface ServerOptions {
  /** Milliseconds until the first right answers. */
  readonly timeout?: number;
  /** The echo answers everything the same; over TCP it is not asked over UDP. */
  readonly isEcho?: 'udp' | 'tcp';
  readonly cores?: string;
}

/** A started server, asked until it answers rightly. */
export class Server {
  readonly port: number;
  /** Seconds from start to the last of the first right answers. */
  firstAnswer = 0;
  private readonly child: Child;
  private readonly folder: string;
  private readonly setting: Setting;
  private readonly options: ServerOptions;

  constructor(launch: Omit<Launch, 'cores'>, setting: Setting, options: ServerOptions = {}) {
    this.port = setting.port;
    this.folder = launch.folder;
    this.setting = setting;
    this.options = options;
    this.child = new Child({ ...launch, cores: options.cores ?? serverCore });
  }

  get pid(): number {
    return this.child.pid;
  }

  get hasEnded(): boolean {
    return this.child.hasEnded;
  }

  get answersUdp(): boolean {
    return this.options.isEcho !== 'tcp';
  }

  async start(): Promise<void> {
    const began = performance.now();
    this.child.start();
    const { mixes, list } = this.setting;
    const { isEcho, timeout = 180_000 } = this.options;
    if (isEcho)
      await this.until(async () => (isEcho === 'tcp' ? askTcp : ask)(this.port, 'ready.test'), began + timeout);
    else {
      for (const name of mixes.spread(list)) {
        await this.until(async () => isBlocked(await ask(this.port, name)), began + timeout);
      }
      const passing = mixes.passing();
      await this.until(async () => isResolved(await ask(this.port, passing)), began + timeout);
    }
    this.firstAnswer = (performance.now() - began) / 1000;
  }

  /** Waits until what a start leaves to be done is done: the server idles. */
  async settle(): Promise<void> {
    for (let quiet = 0, before = this.cpu(), rounds = 0; quiet < 3 && rounds < 120; rounds++) {
      await sleep(250);
      const now = this.cpu();
      quiet = now - before < 0.025 ? quiet + 1 : 0;
      before = now;
    }
  }

  async stop(): Promise<void> {
    await this.child.stop();
  }

  private cpu(): number {
    return total(cpuOfTree(this.pid));
  }

  private async until(isSo: () => Promise<unknown>, deadline: number): Promise<void> {
    while (!(await isSo())) {
      if (this.child.hasEnded) throw new Error(`ended at its start: ${this.lastWords()}`);
      if (performance.now() > deadline) throw new Error(`gave no right answer in time: ${this.lastWords()}`);
      await sleep(2);
    }
  }

  private lastWords(): string {
    return readFileSync(`${this.folder}/output.log`, 'utf8').trim().split('\n').slice(-3).join(' | ');
  }
}
