import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import pino from 'pino';
import { namesOf } from '../../lists/compile-pack.ts';
import type { AttemptBatch } from '../between/attempt-batch.ts';
import type { ToAnswering, ToControl, ToSupervisor } from '../between/messages.ts';
import type { PolicySnapshot } from '../between/policy-snapshot.ts';
import { standBack } from '../between/stand-back.ts';
import type { WallMs } from '../policy/model.ts';
import { stayAlive } from './alive.ts';
import { AnsweringLink } from './answering-link.ts';
import { AnsweringReports } from './answering-reports.ts';
import { createSite } from './api/site.ts';
import { HouseholdClock } from './clock.ts';
import type { Config } from './config/config.ts';
import { CurrentPolicy } from './current-policy.ts';
import { firstSteps } from './first-steps.ts';
import { FrontDoor } from './front-door.ts';
import { ownMemory } from './give-back.ts';
import { A_FLOOD } from './hearing.ts';
import { listDocuments } from './list-documents.ts';
import { Lists } from './lists/lists.ts';
import { answeringMetrics } from './metrics/answering-metrics.ts';
import { AttemptCounts } from './metrics/attempt-counts.ts';
import { householdMetrics } from './metrics/household-metrics.ts';
import { Metrics } from './metrics/metrics.ts';
import { processMetrics } from './metrics/process-metrics.ts';
import { recordMetrics } from './metrics/record-metrics.ts';
import { NodeWatch } from './nodes.ts';
import { protectedNames, readShippedPacks } from './packs.ts';
import { Quiet } from './quiet/quiet.ts';
import { readiness } from './readiness.ts';
import { admission } from './record/admission.ts';
import { Arrivals } from './record/arrivals.ts';
import { Forgotten } from './record/forgotten.ts';
import { LiveExchange } from './record/live-exchange.ts';
import { Recorder } from './record/recorder.ts';
import { keepOf, retentionOf } from './record/retention.ts';
import { Tables } from './record/tables.ts';
import { RecordOfDevices } from './record-of-devices.ts';
import { Relay } from './relay.ts';
import { accessTo } from './settings/access.ts';
import { Household } from './settings/household.ts';
import { recordingOf } from './settings/policy-snapshot.ts';
import { newSecret } from './settings/secret.ts';
import { Sweeper } from './settings/sweeper.ts';
import { sharedVersions } from './shared-versions.ts';
import { PolicySimulator } from './simulate.ts';
import { openStore } from './store/open.ts';
import { StoreAway } from './store/store.ts';
import { Tidying } from './tidying.ts';
import { waitingDevices } from './waiting-devices.ts';
import { WhoIsThere } from './who-is-there.ts';

/** Milliseconds. */
const TIDY_AFTER_START = 1000;

export interface ControlData {
  readonly config: Config;
  /** Of the product. */
  readonly version: string;
}

/**
 * The control plane on a thread of its own: settings, devices, lists, record, API. All of it may be slow, fail
 * or be started again; answering goes on with what it was told last.
 */
if (!parentPort) throw new Error('control runs on a thread of its own');
const port = parentPort;
standBack();
const { config, version } = workerData as ControlData;
const post = (message: ToAnswering | ToSupervisor) => port.postMessage(message);
const serializers = { error: pino.stdSerializers.err };
const log = pino({ level: config.logLevel, base: null, serializers }, pino.destination({ fd: 1, sync: true }));
/** What is begun has to be there before it can be ended. */
const { promise: isUp, resolve: up } = Promise.withResolvers<void>();
const endAlive = stayAlive({
  say: () => post({ kind: 'alive' }),
  giveUp(sentence) {
    log.error(sentence);
    process.exit(1);
  },
});

const store = await openStore(config.store, { dataDir: config.dataDir, home: config.home, now: () => clock.now() });
const clock = new HouseholdClock({
  time: store.nodes && (() => store.nodes!.time()),
  monotonic: () => performance.now(),
  wall: Date.now,
});
const { now } = clock;
// A store that is away is waited for by those who use it; what can go on without it, goes on.
await store.start().catch((error) => {
  if (!(error instanceof StoreAway)) throw error;
  log.warn(error.message);
});
await clock.start();
const startedAt = now();
const household = new Household({
  documents: store.documents,
  mirrorFile: join(config.dataDir, 'household.json'),
  defaults: { retention: retentionOf(config.record.keep) },
  now,
  log,
});
await household.start();

const shipped = readShippedPacks((sentence) => log.error(sentence));
const policySnapshot = (at?: WallMs): PolicySnapshot =>
  at === undefined ? { ...household.policySnapshot(), quiet: quiet.answers() } : household.policySnapshotAt(at);
const policy = new CurrentPolicy(policySnapshot);
const quiet = new Quiet({
  household,
  packs: shipped,
  now,
  file: join(config.dataDir, 'quiet.json'),
  changed: () => void usePolicy(),
});
const link = new AnsweringLink({
  post,
  dataDir: config.dataDir,
  threads: config.answering.threads,
  failed: (error) => log.error({ error }, 'The last state could not be written; a restart begins with an older one.'),
});
function usePolicy(): Promise<void> {
  policy.changed();
  return link.usePolicy(policySnapshot());
}
household.onChange(usePolicy);
await quiet.start();
void usePolicy();

const whoIsThere = new WhoIsThere({ household, config, publish: (table) => link.useTable(table), now, log });
const { devices, coverage } = whoIsThere;

const lists = new Lists({
  dataDir: config.dataDir,
  documents: listDocuments(household),
  shared: store.texts && sharedVersions(household, store.texts),
  packs: shipped.map(namesOf),
  ...protectedNames(shipped),
  onRuleSet(buffer) {
    policy.useRules(buffer);
    return link.useRules(buffer);
  },
  now,
  bootstrap: config.upstreams.bootstrap,
  allowPrivate: config.lists.allowPrivate,
  childEntry: beside('compile-child.js', './lists/compile-child.ts'),
  memory: { ruleSet: config.lists.memory, childHeapMb: config.lists.compileHeap / 2 ** 20 },
});

const forgotten = new Forgotten({ household, record: store.record });
const recorder: Recorder = new Recorder({
  record: {
    append: forgotten.append,
    forget: (device) => store.record.forget(device),
    compact: () => store.record.compact(),
    prune: (before) => store.record.prune(before),
  },
  storeMayForget: store.kind === 'redis',
  folder: join(config.dataDir, 'journal'),
  now,
  log,
  keep: () => keepOf(household.settings().retention),
  admit: admission({
    recordingOf: (id) => {
      const device = household.get('device', id);
      return device && recordingOf(device, now());
    },
    addresses: config.record.addresses,
  }),
  show: (batch) => liveExchange?.show(batch),
});
/** Of this start of control. */
const id = randomUUID();
const nodeWatch = new NodeWatch({
  nodes: store.nodes,
  self: () => ({
    id,
    name: config.nodeName,
    version,
    startedAt,
    answering: reports.isAnswering,
    policyVersion: household.version,
    watching: recorder.live.isWatched,
    clockAhead: Math.round(clock.ahead),
  }),
});
const liveExchange =
  store.nodes &&
  new LiveExchange({
    nodes: store.nodes,
    id,
    live: recorder.live,
    isWatchedElsewhere: () => nodeWatch.isWatchedElsewhere,
  });
const sweeper = new Sweeper({ household, now, monotonic: () => performance.now(), log });
const tables = new Tables();
const arrivals = new Arrivals();
const tidying = new Tidying({ now: () => performance.now(), memory: ownMemory });
const attemptCounts = new AttemptCounts();
const reports = new AnsweringReports((sentence) => log.warn(sentence));
const relay = config.dns.doh.onHttp ? new Relay((question) => port.postMessage(question)) : undefined;

port.on('message', (message: ToControl | { readonly kind: 'stop' }) => {
  switch (message.kind) {
    case 'hello':
      return link.tellAll();
    case 'attempts': {
      const batch = tables.read(message);
      if (!batch || !arrivals.accepts(batch, message.oldest)) return;
      return void take(whoIsThere.take(batch));
    }
    case 'unknown':
      return devices.note(message.client);
    case 'in-force':
      return link.isInForce(message.thread, message.version);
    case 'rules-in-force':
      return link.areRulesInForce(message.thread, message.number);
    case 'health':
      return reports.take(message.health);
    case 'relayed-answer':
      return relay?.take(message);
    case 'stop':
      return void isUp.then(stop);
  }
});

async function take(batch: AttemptBatch): Promise<void> {
  attemptCounts.add(batch);
  if (batch.length <= A_FLOOD) quiet.take(batch);
  tidying.took(batch.length);
  await recorder.take(batch);
  post({ kind: 'kept', boot: batch.boot, sequence: batch.sequence });
}

/** Everything recorded of a device, on all nodes. */
async function forget(device: string): Promise<void> {
  await recorder.forget(device);
  await store.nodes?.tell('forgotten', `${id} ${device}`);
}

clock.follow({ changed: (ahead) => link.useClock(ahead), found: () => sweeper.clockFound() });
recorder.start();
forgotten.start();
liveExchange?.start();
store.nodes?.hear('forgotten', (message) => {
  const [from, device] = message.split(' ');
  if (from !== id) void recorder.forget(device).catch(() => {});
});
nodeWatch.start();
const looking = whoIsThere.start();
await lists.start();
await firstSteps(config, household, log);
await looking;
sweeper.start();

/** For the command line on this machine; written beside the data, which only the service's user may read. */
const localToken = newSecret('quell_');
const access = accessTo({ household, now, monotonic: () => performance.now(), localToken });
const metrics = new Metrics({
  node: config.nodeName,
  metrics: [
    ...answeringMetrics(() => reports.threads),
    ...recordMetrics(() => recorder.stats(), attemptCounts),
    ...householdMetrics({ household, lists, coverage: (device) => coverage.coverageOf(device), now }),
    ...processMetrics({ version, startedAt, clock }),
  ],
});
const record = new RecordOfDevices({ record: store.record, household, onAsked: () => tidying.read() });
const site = createSite({
  household,
  access,
  devices,
  record,
  quiet,
  forget,
  packs: shipped,
  node: {
    version,
    name: config.nodeName,
    startedAt,
    store: store.kind,
    nodes: () => nodeWatch.all(),
    notices: () => [...reports.notices(recorder.stats()), ...waitingDevices(household)],
  },
  now,
  log,
  live: recorder.live,
  coverage: (device) => coverage.coverageOf(device),
  spokesmen: () => whoIsThere.spokesmen(),
  explain: (...question) => policy.explain(...question),
  namedBy: (name) => policy.namedBy(name),
  lists,
  simulator: new PolicySimulator({ policy, record, packs: shipped }),
  hostNames: config.names,
  trustedProxies: config.http.trustedProxies,
  relay,
  webRoot: beside('web', '../../build/web'),
  metrics: () => metrics.text(),
  metricsReaders: config.http.metrics,
  ready: () => readiness(reports, household),
});
const frontDoor = new FrontDoor({ site, at: config.http.listen, access });
const open = await frontDoor.open();
post({ kind: 'serving', ...open, token: localToken });
up();
tidying.after(TIDY_AFTER_START);

async function stop(): Promise<void> {
  endAlive();
  tidying.stop();
  clock.stop();
  sweeper.stop();
  forgotten.stop();
  quiet.stop();
  await frontDoor.close();
  await whoIsThere.stop();
  await nodeWatch.stop();
  liveExchange?.stop();
  await recorder.stop();
  await lists.stop();
  await household.stop();
  await link.stop();
  await store.stop();
  port.close();
}

/** Path of what the build puts beside this file, or of its source. */
function beside(built: string, source: string): string {
  const bundled = !import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(bundled ? `./${built}` : source, import.meta.url));
}
