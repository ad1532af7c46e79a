import type { WallMs } from '../../policy/model.ts';
import type { DeviceDocument, DocumentKinds } from './documents.ts';

/** Documents of which something ends by itself. */
export const timedKinds = ['device', 'rule', 'session', 'link'] as const;
export type TimedKind = (typeof timedKinds)[number];

/** Every moment at which something of this document ends. */
export function endsOf<K extends TimedKind>(kind: K, value: DocumentKinds[K]): WallMs[] {
  if (kind === 'device') return endsOfDevice(value as DeviceDocument);
  const end = kind === 'rule' ? (value as DocumentKinds['rule']).until : (value as DocumentKinds['session']).expiresAt;
  return end === undefined ? [] : [end];
}

function endsOfDevice(device: DeviceDocument): WallMs[] {
  const ends = Object.values(device.purposes).map((choice) => choice?.until);
  return [device.pausedUntil, device.recordingUntil, ...ends].filter((end) => end !== undefined);
}

/** The same with every end moved by so many milliseconds. */
export function withEndsMoved<K extends TimedKind>(kind: K, value: DocumentKinds[K], by: number): DocumentKinds[K] {
  const moved = (end: WallMs | undefined) => end !== undefined && end + by;
  if (kind === 'rule') return { ...value, until: moved((value as DocumentKinds['rule']).until) } as DocumentKinds[K];
  if (kind !== 'device') {
    return { ...value, expiresAt: moved((value as DocumentKinds['session']).expiresAt) } as DocumentKinds[K];
  }
  const { purposes, pausedUntil, recordingUntil, ...lasting } = value as DeviceDocument;
  const choices = Object.entries(purposes).map(([id, choice]) => [
    id,
    choice.until === undefined ? choice : { ...choice, until: choice.until + by },
  ]);
  return {
    ...lasting,
    purposes: Object.fromEntries(choices),
    ...(pausedUntil !== undefined && { pausedUntil: pausedUntil + by }),
    ...(recordingUntil !== undefined && { recordingUntil: recordingUntil + by }),
  } as DocumentKinds[K];
}

/** What is left when all that `ended` says is gone; undefined when nothing is. */
export function withoutEnded<K extends TimedKind>(
  kind: K,
  value: DocumentKinds[K],
  ended: (end: WallMs) => boolean,
): DocumentKinds[K] | undefined {
  if (kind !== 'device') return endsOf(kind, value).some(ended) ? undefined : value;
  const device = value as DeviceDocument;
  const { pausedUntil, recordingUntil, ...lasting } = device;
  const keep = (end: WallMs | undefined) => end !== undefined && !ended(end);
  const recordingEnded = recordingUntil !== undefined && ended(recordingUntil);
  return {
    ...lasting,
    purposes: Object.fromEntries(
      Object.entries(device.purposes).filter(([, choice]) => choice.until === undefined || !ended(choice.until)),
    ),
    ...(keep(pausedUntil) && { pausedUntil }),
    ...(keep(recordingUntil) && { recordingUntil }),
    ...(recordingEnded && device.recording === 'everything' && { recording: 'attempts' }),
  } as DocumentKinds[K];
}
