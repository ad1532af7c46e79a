import { Worker } from 'node:worker_threads';
import type { Serving, ToAnswering, ToControl, ToSupervisor } from './between/messages.ts';

/** Control says every second that it lives; silent for so long, it hangs and is ended. */
const PATIENCE = 30_000;
/** Milliseconds to wait before a start, doubled with each failure that follows closely. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;
/** Megabytes that control may take before it is ended and started anew; answering is not touched by that. */
const HEAP = 256;

/** Control on its own thread: started again whenever it dies, hangs or takes too much memory. */
export class Supervised {
  /** Called with what control says. */
  onMessage: (message: ToAnswering | Serving) => void = () => {};
  /** Called when a control that died has a successor. */
  onReturn: () => void = () => {};
  private readonly entry: URL;
  private readonly data: unknown;
  private readonly say: (sentence: string) => void;
  private worker: Worker | undefined;
  private watch: NodeJS.Timeout | undefined;
  private retry: NodeJS.Timeout | undefined;
  private heard = 0;
  private startedAt = 0;
  private pause = FIRST_PAUSE;
  private starts = 0;
  private stopping = false;

  /**
   * @param deps.entry module that the thread runs
   * @param deps.data handed to it as `workerData`
   */
  constructor(deps: { entry: URL; data: unknown; say: (sentence: string) => void }) {
    this.entry = deps.entry;
    this.data = deps.data;
    this.say = deps.say;
  }

  start(): void {
    this.startedAt = this.heard = performance.now();
    const worker = new Worker(this.entry, {
      workerData: this.data,
      resourceLimits: { maxOldGenerationSizeMb: HEAP, maxYoungGenerationSizeMb: 4 },
      name: 'control',
    });
    this.worker = worker;
    worker.on('message', (message: ToAnswering | ToSupervisor) => {
      this.heard = performance.now();
      if (message.kind !== 'alive') this.onMessage(message);
    });
    worker.on('error', (error: unknown) =>
      this.say(`Control failed: ${error instanceof Error ? error.message : error}`),
    );
    worker.on('exit', () => this.restart(worker));
    clearInterval(this.watch);
    this.watch = setInterval(() => this.endIfSilent(), 1000);
    if (this.starts++ > 0) this.onReturn();
  }

  /** Dropped while there is nobody to hear it: what must not be lost is kept by its sender. */
  send(message: ToControl): void {
    if (this.isListening) this.worker?.postMessage(message);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.watch);
    clearTimeout(this.retry);
    const { worker } = this;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage({ kind: 'stop' });
    const deadline = setTimeout(() => worker.terminate(), 5000);
    await ended;
    clearTimeout(deadline);
  }

  /** Messages to a thread that hangs would pile up without bound. */
  private get isListening(): boolean {
    return this.worker !== undefined && performance.now() - this.heard < 5000;
  }

  private endIfSilent(): void {
    if (performance.now() - this.heard < PATIENCE) return;
    this.heard = performance.now();
    this.say('Control does not answer any more; it is ended and started anew. Names are answered as before.');
    void this.worker?.terminate();
  }

  private restart(worker: Worker): void {
    if (this.stopping || worker !== this.worker) return;
    this.worker = undefined;
    clearInterval(this.watch);
    this.say('Control ended and is started again. Names are answered as before.');
    const lived = performance.now() - this.startedAt;
    this.pause = lived > LONGEST_PAUSE ? FIRST_PAUSE : Math.min(2 * this.pause, LONGEST_PAUSE);
    this.retry = setTimeout(() => this.start(), this.pause);
  }
}
