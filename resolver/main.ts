import { Worker } from 'node:worker_threads';
import { Answering, type AnsweringOptions } from './answering/answering.ts';
import type { ListenAddress } from './answering/listen/carrier.ts';
import { ListenFailed } from './answering/listen/listen-failed.ts';
import { type LastState, readLastState } from './between/last-state.ts';
import type { Config } from './control/config/config.ts';
import { Supervised } from './supervised.ts';

/** Where `npm start` listens when port 53 is not to be had. */
const FALLBACK_PORT = 5300;

export interface Running {
  readonly dns: readonly ListenAddress[];
  stop(): Promise<void>;
}

/**
 * Composition of the product. Answering is started first, from what was known last; control beside it may
 * die, hang or run out of memory: it is started again, and no question waits for it meanwhile.
 *
 * @param options.fallBack use port 5300 where 53 can't be bound
 * @param options.say prints a line for the person who started it
 * @throws ListenFailed
 */
export async function start(
  config: Config,
  { fallBack, say }: { fallBack: boolean; say: (line: string) => void },
): Promise<Running> {
  const control = new Supervised({ entry: entry('control/control'), data: config, say });
  const known = await readLastState(config.dataDir, say);
  // The very first start knows nothing: control compiles the packs before the first question is taken.
  const state = known ?? (await firstState(control, config.dataDir, say));
  const options = answeringOptions(config, state);
  const { answering, dns } = await listen(options, (message) => control.send(message), fallBack, say);
  const others = config.answering.threads > 1 ? startThreads(options, dns, config.answering.threads, control) : [];
  control.onMessage = (message) => {
    answering.receive(message);
    for (const worker of others) worker.postMessage(message);
  };
  control.onReturn = () => {
    answering.controlIsBack();
    for (const worker of others) worker.postMessage({ kind: 'control-is-back' });
  };
  if (!known) control.send({ kind: 'hello' });
  else control.start();
  return {
    dns,
    async stop() {
      await answering.stop();
      for (const worker of others) worker.postMessage({ kind: 'stop' });
      await Promise.all(others.map((worker) => new Promise((resolve) => worker.once('exit', resolve))));
      await control.stop();
    },
  };
}

/** Sources are run as they are in development; a release has one bundled file per thread. */
function entry(name: string): URL {
  const bundled = !import.meta.url.endsWith('.ts');
  return new URL(bundled ? `./${name.split('/').at(-1)}.js` : `./${name}.ts`, import.meta.url);
}

function firstState(control: Supervised, dataDir: string, say: (line: string) => void): Promise<LastState> {
  return new Promise((resolve, reject) => {
    control.onMessage = (message) => {
      if (message.kind !== 'rules') return;
      control.onMessage = () => {};
      readLastState(dataDir, say).then((state) => {
        if (state) resolve(state);
      }, reject);
    };
    control.start();
  });
}

function answeringOptions(config: Config, state: LastState): AnsweringOptions {
  return {
    thread: 0,
    listen: config.dns.listen,
    reusePort: config.answering.threads > 1,
    upstreams: config.upstreams,
    cache: config.answering.cache,
    trustedForwarders: config.trustedForwarders,
    snapshot: state.snapshot,
    table: state.table,
    rules: state.ruleSet.buffer as SharedArrayBuffer,
  };
}

async function listen(
  options: AnsweringOptions,
  send: (message: Parameters<Supervised['send']>[0]) => void,
  fallBack: boolean,
  say: (line: string) => void,
): Promise<{ answering: Answering; dns: ListenAddress[] }> {
  const answering = await Answering.create(options, send);
  try {
    return { answering, dns: await answering.start() };
  } catch (error) {
    const standard = options.listen.some(({ port }) => port === 53);
    if (!(error instanceof ListenFailed && fallBack && standard)) throw error;
    say(`${error.message} Port ${FALLBACK_PORT} is used instead.`);
    const at = options.listen.map(({ host, port }) => ({ host, port: port === 53 ? FALLBACK_PORT : port }));
    return listen({ ...options, listen: at }, send, false, say);
  }
}

/** More answering threads share the ports that the first one got; the kernel spreads the askers over them. */
function startThreads(options: AnsweringOptions, dns: ListenAddress[], threads: number, control: Supervised): Worker[] {
  return Array.from({ length: threads - 1 }, (_, i) => {
    const data: AnsweringOptions = { ...options, thread: i + 1, listen: dns };
    const worker = new Worker(entry('answering/answering-thread'), { workerData: data, name: `answering ${i + 1}` });
    worker.on('message', (message) => control.send(message));
    return worker;
  });
}

