import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attempt } from '../../../../resolver/between/attempt-batch.ts';
import { readShippedPacks } from '../../../../resolver/control/packs.ts';
import { Quiet } from '../../../../resolver/control/quiet/quiet.ts';
import type { BlockMode } from '../../../../resolver/policy/model.ts';
import { batchFrom } from '../../../batch-from.ts';
import { aDevice, aHousehold } from '../settings/a-household.ts';

const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

interface Answer {
  readonly mode: BlockMode;
  readonly ttl: number;
}

/**
 * A phone with an app that never gives up: it looks the name up every few seconds, and its resolver remembers the
 * answers that it is able to remember for as long as they are good.
 */
export interface App {
  readonly device: string;
  readonly domain: string;
  readonly everySeconds: number;
  readonly remembers: (mode: BlockMode) => boolean;
  /** What else the phone does; a phone that is away does nothing. */
  readonly isHome?: (now: number) => boolean;
  readonly reason?: string;
  readonly purpose?: Attempt['purpose'];
}

const packs = readShippedPacks((sentence) => {
  throw new Error(sentence);
});

/** A household of such phones on a clock of its own, second by second. */
export async function aHouseOf(apps: readonly App[], file?: string) {
  const clock = { now: Date.parse('2026-03-01T12:00:00Z') };
  const household = await aHousehold({ now: () => clock.now });
  await household.note(
    [...new Set(apps.map(({ device }) => device))].map((id) => ({ kind: 'device', id, value: aDevice(id) }) as const),
  );
  let changes = 0;
  const quiet = new Quiet({
    household,
    packs,
    now: () => clock.now,
    file: file ?? join(await mkdtemp(join(tmpdir(), 'quell-quiet-')), 'quiet.json'),
    changed: () => {
      changes++;
    },
  });
  await quiet.start();
  quiet.stop();

  const remembered = new Map<App, number>();
  const answerTo = ({ device, domain }: App): Answer => {
    const { blockMode, blockTtl } = household.settings();
    const found = quiet.answers().find((one) => one.device === device && one.domain === domain);
    return found ?? { mode: blockMode, ttl: blockTtl };
  };
  const ask = (app: App): Attempt[] => {
    const { now } = clock;
    if ((remembered.get(app) ?? 0) > now) return [];
    const { mode, ttl } = answerTo(app);
    if (app.remembers(mode)) remembered.set(app, now + ttl * SECOND);
    const { device, domain, reason = 'purpose:ads', purpose } = app;
    return [1, 28].map((qtype) => ({ at: now, device, domain, qtype, outcome: 'blocked', reason, purpose }));
  };

  /** Lets time pass. @returns look-ups of blocked names that came meanwhile, both types as one */
  const pass = (milliseconds: number): number => {
    let tries = 0;
    for (const end = clock.now + milliseconds; clock.now < end; ) {
      clock.now += SECOND;
      const home = apps.filter(({ isHome }) => isHome?.(clock.now) ?? true);
      const attempts = home.filter((app) => (clock.now / SECOND) % app.everySeconds === 0).flatMap(ask);
      const devices = clock.now % (30 * SECOND) === 0 ? new Set(home.map(({ device }) => device)) : [];
      tries += attempts.length / 2;
      const counts = Array.from(devices, (device) => ({ device, total: 3, blocked: 0 }));
      quiet.take(batchFrom({ attempts, counts }));
      if (clock.now % (30 * SECOND) === 0) quiet.look();
    }
    return tries;
  };

  return { clock, household, quiet, pass, changes: () => changes };
}
