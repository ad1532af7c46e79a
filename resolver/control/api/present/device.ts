import type { z } from '@hono/zod-openapi';
import { type PurposeId, purposeIds } from '../../../../lists/purposes.ts';
import type { WallMs } from '../../../policy/model.ts';
import { presets } from '../../../policy/presets.ts';
import type { Spokesman } from '../../coverage/spokesman.ts';
import { confidenceIn } from '../../devices/confidence.ts';
import type { DeviceView } from '../../devices/device-view.ts';
import type { DeviceDocument } from '../../settings/documents.ts';
import { isUndecided, recordingOf } from '../../settings/policy-snapshot.ts';
import type { Totals } from '../../store/store.ts';
import type { ApiDeps } from '../deps.ts';
import type { Device, PurposeState } from '../schemas/devices.ts';
import { time, timeOr } from './time.ts';

type Shown = z.infer<typeof Device>;

/** What people call it: the name they gave, else the best there is. */
export function nameOfDevice(device: DeviceDocument): string {
  if (device.name ?? device.suggestedName) return (device.name ?? device.suggestedName)!;
  const address = device.identifiers.find(({ kind }) => kind === 'address')?.value;
  const what =
    device.vendor ?? (device.kind === 'unknown' ? 'Device' : device.kind[0].toUpperCase() + device.kind.slice(1));
  return address ? `${what} (${address})` : what;
}

/** @param beside `today` is missing while the record can't be read */
export function presentDevice(
  device: DeviceDocument,
  { today, spokesman }: { today?: Totals; spokesman?: Spokesman },
  deps: ApiDeps,
): Shown {
  const now = deps.now();
  const view = deps.devices.view(device.id);
  const ofKind = (kind: string) => device.identifiers.filter((one) => one.kind === kind).map(({ value }) => value);
  const paused = device.pausedUntil !== undefined && device.pausedUntil > now;
  const recording = recordingOf(device, now);
  const coverage = deps.coverage?.(device.id);
  const dotName = dotNameOf(device);
  const settings = deps.household.settings();
  const isNew = isUndecided(deps.household.get('device', device.id), settings);
  const undecided = isNew ? settings.unknownDevices : undefined;
  const usual = undecided === 'observe' ? 'observe' : settings.defaultPreset;
  const quiet = deps.quiet?.effects(device.id) ?? [];
  return {
    id: device.id,
    name: nameOfDevice(device),
    named: device.name !== undefined,
    kind: device.kind,
    vendor: device.vendor,
    identifiers: device.identifiers.map(({ kind, value, source, firstSeen, lastSeen }) => ({
      kind,
      value,
      source,
      confidence: confidenceIn[source].level,
      firstSeen: time(firstSeen),
      lastSeen: time(lastSeen),
      ...(kind === 'mac' && marksOf(value, view)),
    })),
    addresses: view ? [...view.addresses] : ofKind('address'),
    macs: ofKind('mac'),
    groups: [...device.groups],
    preset: device.preset ?? usual,
    presetInherited: device.preset === undefined,
    purposes: purposeStates(device, usual, now),
    ...(paused && { pause: { until: time(device.pausedUntil!) } }),
    recording,
    ...(recording === 'everything' && { recordingUntil: timeOr(device.recordingUntil) }),
    coverage: coverage
      ? { ...coverage, provenAt: timeOr(coverage.provenAt) }
      : {
          state: 'unknown',
          sentence: 'It is not known yet whether all its look-ups come here.',
          why: { reason: 'not-yet' },
        },
    recognisedBy: [view?.confidence.says, view?.sharedSays].filter(Boolean).join(' ') || 'Only its record is left.',
    ...(view && {
      likeness: {
        score: view.likeness.score,
        pack: view.likeness.pack,
        preset: view.likeness.preset,
        signals: view.likeness.signals.map(({ says }) => says),
      },
    }),
    ...(undecided && { undecided }),
    ...(quiet.length > 0 && { quiet }),
    ...(device.missed?.length && { missed: device.missed.map(({ domain, at }) => ({ domain, at: time(at) })) }),
    firstSeen: time(device.firstSeen),
    lastSeen: time(device.lastSeen),
    ...(dotName !== undefined && { dotName }),
    ...(spokesman && {
      spokesman: { sentence: spokesman.sentence, because: spokesman.because, fixes: spokesman.fixes },
    }),
    ...(today && { today }),
  };
}

/** What else there is to know of a MAC. */
const marksOf = (mac: string, view: DeviceView | undefined) => {
  const known = view?.macs.find((one) => one.mac === mac);
  return { ...(known?.madeUp && { madeUp: true }), ...(known?.shared && { shared: true }) };
};

/** Set by a person; what a device merely called itself by is none. */
export const dotNameOf = ({ identifiers }: DeviceDocument): string | undefined =>
  identifiers.find(({ kind, source }) => kind === 'name' && source === 'owner')?.value;

function purposeStates(device: DeviceDocument, defaultPreset: keyof typeof presets, now: WallMs): Shown['purposes'] {
  const { actions } = presets[device.preset ?? defaultPreset];
  const states = purposeIds.map((id, index): [PurposeId, z.infer<typeof PurposeState>] => {
    const choice = device.purposes[id];
    const holds = choice !== undefined && (choice.until === undefined || choice.until > now);
    if (!holds) return [id, { action: 'inherit', effective: actions[index] }];
    return [id, { action: choice.action, effective: choice.action, until: timeOr(choice.until) }];
  });
  return Object.fromEntries(states) as Shown['purposes'];
}
