import { Worker } from 'node:worker_threads';
import packageJson from '../package.json' with { type: 'json' };
import { Answering, type AnsweringOptions } from './answering/answering.ts';
import type { ListenAddress } from './answering/listen/carrier.ts';
import { ListenFailed } from './answering/listen/listen-failed.ts';
import type { Bound } from './answering/listeners.ts';
import { answeringOptions } from './answering-options.ts';
import { type LastState, readLastState } from './between/last-state.ts';
import type { Serving, ToAnswering, ToControl } from './between/messages.ts';
import { removeRunning, writeRunning } from './between/running.ts';
import { helpersStandBack } from './between/stand-back.ts';
import type { Config } from './control/config/config.ts';
import type { ControlData } from './control/control.ts';
import { shrinkHeap } from './control/give-back.ts';
import { Supervised } from './supervised.ts';
import { notifySystemd } from './systemd.ts';

/** Where `npm start` listens when port 53 is not to be had. */
const FALLBACK_PORT = 5300;

/** Milliseconds. */
const TIDY_AFTER = 700;

export interface Running {
  stop(): Promise<void>;
}

/** The answering threads as one: told the same, heard together. */
interface Plane {
  /** What the person who started it should read. */
  readonly lines: readonly string[];
  readonly bound: Bound;
  receive(message: ToAnswering): void;
  controlIsBack(): void;
  isAlive(): boolean;
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
  const data: ControlData = { config, version: packageJson.version };
  const control = new Supervised({ entry: entry('control/control'), data, say });
  const known = await readLastState(config.dataDir, say);
  helpersStandBack();
  // Control that is started first may have said where its page is before answering is there to be told anything.
  const early: (ToAnswering | Serving)[] = [];
  // The very first start knows nothing: control compiles the packs before the first question is taken.
  const state = known ?? (await firstState(control, early, config.dataDir, say));
  const plane = await answer(config, state, (message) => control.send(message), fallBack, say).catch(async (error) => {
    await control.stop();
    throw error;
  });
  for (const line of plane.lines) say(line);
  const running = { pid: process.pid, ...plane.bound };
  await writeRunning(config.dataDir, { ...running, http: [] });

  control.onMessage = (message) => {
    if (message.kind !== 'serving') return plane.receive(message);
    // Control is up: what the start needed, and the rule-set that control's has taken the place of, may go.
    setTimeout(shrinkHeap, TIDY_AFTER).unref();
    const { http, token, say: lines } = message;
    void writeRunning(config.dataDir, { ...running, http, token }).then(() => lines.forEach(say));
  };
  for (const message of early) control.onMessage(message);
  control.onReturn = () => plane.controlIsBack();
  if (known) control.start();
  control.send({ kind: 'hello' });
  const quiet = notifySystemd(() => plane.isAlive());
  return {
    async stop() {
      quiet();
      await plane.stop();
      await control.stop();
      await removeRunning(config.dataDir);
    },
  };
}

/** Sources are run as they are in development; a release has one bundled file per thread. */
function entry(name: string): URL {
  const bundled = !import.meta.url.endsWith('.ts');
  return new URL(bundled ? `./${name.split('/').at(-1)}.js` : `./${name}.ts`, import.meta.url);
}

/** Waits for the first rule-set to be on disk, and reads what else is there by then. */
async function firstState(
  control: Supervised,
  early: (ToAnswering | Serving)[],
  dataDir: string,
  say: (line: string) => void,
): Promise<LastState> {
  await new Promise<void>((resolve) => {
    control.onMessage = (message) => {
      early.push(message);
      if (message.kind === 'rules') resolve();
    };
    control.start();
  });
  const state = await readLastState(dataDir, say);
  if (!state) throw new Error(`${dataDir} can't be read back; is the disk full, or read-only?`);
  return state;
}

async function answer(
  config: Config,
  state: LastState,
  send: (message: ToControl) => void,
  fallBack: boolean,
  say: (line: string) => void,
): Promise<Plane> {
  const { threads } = config.answering;
  const options = answeringOptions(config, state);
  const answering = await listen(options, send, fallBack, say);
  const { bound } = answering;
  // What is below must not hold on to the options: the first rule-set is in them, and is to go when another comes.
  const others = furtherThreads(at(options, bound), threads - 1, send);
  return {
    bound,
    lines: [...linesOf(bound), ...answering.notices],
    receive(message) {
      answering.receive(message);
      // To be answered once.
      if (message.kind === 'relayed-question') return;
      for (const worker of others) worker.postMessage(message);
    },
    controlIsBack() {
      answering.controlIsBack();
      for (const worker of others) worker.postMessage({ kind: 'control-is-back' });
    },
    isAlive: () => answering.isAlive,
    async stop() {
      await answering.stop();
      const ended = others.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
      for (const worker of others) worker.postMessage({ kind: 'stop' });
      await Promise.all(ended);
    },
  };
}

/** The same options with the ports that the system gave. */
function at(options: AnsweringOptions, { dns, tls, https }: Bound): AnsweringOptions {
  const { encrypted } = options;
  return {
    ...options,
    listen: dns,
    ...(encrypted && {
      encrypted: {
        ...encrypted,
        tls: tls.length > 0 ? tls : encrypted.tls,
        https: https.length > 0 ? https : encrypted.https,
      },
    }),
  };
}

/** More answering threads on the ports that the first one got; the kernel spreads the askers over them. */
function furtherThreads(options: AnsweringOptions, count: number, send: (message: ToControl) => void): Worker[] {
  return Array.from({ length: count }, (_, i) => {
    const thread = i + 1;
    const workerData: AnsweringOptions = { ...options, thread };
    const worker = new Worker(entry('answering/answering-thread'), { workerData, name: `answering ${thread}` });
    worker.on('message', send);
    return worker;
  });
}

async function listen(
  options: AnsweringOptions,
  send: (message: ToControl) => void,
  fallBack: boolean,
  say: (line: string) => void,
): Promise<Answering> {
  const answering = await Answering.create(options, send);
  try {
    await answering.start();
    return answering;
  } catch (error) {
    await answering.stop();
    const standard = options.listen.some(({ port }) => port === 53);
    if (!(error instanceof ListenFailed && fallBack && standard)) throw error;
    say(`${error.message} Port ${FALLBACK_PORT} is used instead.`);
    const at = options.listen.map(({ host, port }) => ({ host, port: port === 53 ? FALLBACK_PORT : port }));
    return listen({ ...options, listen: at }, send, false, say);
  }
}

function linesOf({ dns, tls, https }: Bound): string[] {
  const ways = [`at ${dns.map(text).join(', ')}`];
  if (tls.length > 0) ways.push(`over TLS at ${tls.map(text).join(', ')}`);
  if (https.length > 0) ways.push(`over HTTPS at ${https.map((one) => `https://${text(one)}/dns-query`).join(', ')}`);
  return [`Names are answered ${ways.join(', ')}.`];
}

const text = ({ host, port }: ListenAddress): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
