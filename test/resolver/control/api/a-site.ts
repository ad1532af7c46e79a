import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { addPack } from '../../../../lists/compile-pack.ts';
import { RuleSetBuilder } from '../../../../lists/rule-set/builder.ts';
import type { Attempt, DeviceCounts } from '../../../../resolver/between/attempt-batch.ts';
import { createSite, type SiteDeps } from '../../../../resolver/control/api/site.ts';
import { CurrentPolicy } from '../../../../resolver/control/current-policy.ts';
import { Devices } from '../../../../resolver/control/devices/devices.ts';
import { readShippedPacks } from '../../../../resolver/control/packs.ts';
import { Live } from '../../../../resolver/control/record/live.ts';
import { RecordOfDevices } from '../../../../resolver/control/record-of-devices.ts';
import { accessTo } from '../../../../resolver/control/settings/access.ts';
import { DeviceDocuments } from '../../../../resolver/control/settings/device-documents.ts';
import { Household } from '../../../../resolver/control/settings/household.ts';
import { newId } from '../../../../resolver/control/settings/id.ts';
import { PolicySimulator } from '../../../../resolver/control/simulate.ts';
import { SqliteStore } from '../../../../resolver/control/store/sqlite/sqlite-store.ts';
import { batchFrom } from '../../../batch-from.ts';
import { aDevice, silent } from '../settings/a-household.ts';

export const PASSWORD = 'correct horse battery';
/** A phone of the household, and where the owner sits. */
export const PHONE = '192.168.1.7';
export const LAPTOP = '192.168.1.50';
const STRANGER = '192.168.1.99';

const packs = readShippedPacks((sentence) => {
  throw new Error(sentence);
});

interface Request {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Whom it comes from; a device of nobody, when left out. */
  readonly from?: string;
}

/** Everything behind HTTP as it runs in a household, on a real store; only the sockets are missing. */
export async function aSite(changes: Partial<SiteDeps> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'quell-site-'));
  const clock = { wall: Date.parse('2026-03-01T12:00:00Z'), monotonic: 1_000_000 };
  const now = () => clock.wall;
  const store = new SqliteStore({ path: join(folder, 'quell.db'), now });
  await store.start();
  const household = new Household({
    documents: store.documents,
    mirrorFile: join(folder, 'household.json'),
    now,
    log: silent,
  });
  await household.start();
  const access = accessTo({ household, now, monotonic: () => clock.monotonic });
  const devices = new Devices({
    documents: new DeviceDocuments({ household }),
    publish: () => {},
    sources: [],
    now,
  });
  await devices.start();
  household.onChange((changed) => {
    if (changed.some(({ kind }) => kind === 'device')) devices.reload();
  });
  const live = new Live();
  const policy = new CurrentPolicy((at) =>
    at === undefined ? household.policySnapshot() : household.policySnapshotAt(at),
  );
  policy.useRules(rulesOfPacks());
  household.onChange(() => policy.changed());
  const recorded = new RecordOfDevices({ record: store.record, household, onAsked() {} });
  const site = createSite({
    household,
    access,
    devices,
    record: recorded,
    forget: (device) => store.record.forget(device),
    packs,
    node: { version: '0.1.0', name: 'test', startedAt: clock.wall, store: 'sqlite' },
    now,
    log: silent,
    live,
    explain: (...question) => policy.explain(...question),
    namedBy: (name) => policy.namedBy(name),
    simulator: new PolicySimulator({ policy, record: recorded, packs }),
    webRoot: join(folder, 'web'),
    metrics: async () => 'quell_up 1\n',
    metricsReaders: 'own',
    ready: () => ({ ready: true, says: 'Ready.' }),
    ...changes,
  });
  onTestFinished(async () => {
    await devices.stop();
    await household.stop();
    await store.stop();
    await rm(folder, { recursive: true });
  });

  const ask = async (method: string, path: string, { body, headers, from = STRANGER }: Request = {}) =>
    site.request(
      path.startsWith('/api') || path.startsWith('/!') ? path.replace('/!', '/') : `/api/v1${path}`,
      {
        method,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      },
      { address: from },
    );

  /** Asks as the owner, who logged in before. */
  const asOwner = async () => {
    if (!access.account.isSetUp) await access.account.setFirstPassword(PASSWORD);
    const { secret } = await access.sessions.begin('password');
    return (method: string, path: string, request: Request = {}) =>
      ask(method, path, {
        from: LAPTOP,
        ...request,
        headers: { cookie: `quell_session=${secret}`, ...request.headers },
      });
  };

  /** A phone that has been known for a while. */
  const aPhone = async (address = PHONE, mac = '02:00:00:00:00:07'): Promise<string> => {
    const id = newId('d');
    const seen = { source: 'neighbour', firstSeen: clock.wall, lastSeen: clock.wall } as const;
    const identifiers = [
      { kind: 'mac', value: mac, ...seen },
      { kind: 'address', value: address, ...seen },
    ] as const;
    await household.note([{ kind: 'device', id, value: aDevice(id, { identifiers }) }]);
    return id;
  };

  let sequence = 0;
  const record = (attempts: readonly Attempt[], counts: readonly DeviceCounts[] = []) =>
    store.record.append(batchFrom({ boot: 'test', sequence: ++sequence, attempts, counts }));

  return { site, household, access, devices, store, live, clock, ask, asOwner, aPhone, record, folder };
}

function rulesOfPacks(): SharedArrayBuffer {
  const builder = new RuleSetBuilder();
  for (const pack of packs) addPack(builder, pack);
  return builder.finish();
}

export type Answer = Awaited<ReturnType<Awaited<ReturnType<typeof aSite>>['ask']>>;

/** Status and, where there is one, the sentence for people. */
export async function problemIn(
  answer: Answer,
): Promise<{ status: number; detail: string; errors?: { field: string }[] }> {
  const body = await answer.json();
  return { status: answer.status, detail: body.detail, errors: body.errors };
}
