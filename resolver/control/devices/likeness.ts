import type { PresetId } from '../../policy/model.ts';
import type { DeviceDocument } from '../settings/documents.ts';
import { type Identity, valuesOf } from './identity.ts';
import {
  ANDROID_WEIGHT,
  androidRelease,
  hostNameSignals,
  type NameSignal,
  nameSignals,
  serviceSignals,
} from './likeness-signals.ts';
import { isLocallyAdministered } from './mac.ts';
import { vendorOf } from './vendors/vendors.ts';

export interface Likeness {
  /** 0 to 1: how likely it is a phone by Xiaomi, Redmi or POCO. */
  readonly score: number;
  /** Sure enough to be written into the device's document where nobody said anything else. */
  readonly certain: boolean;
  readonly vendor?: string;
  readonly kind: DeviceDocument['kind'];
  /** The pack and preset to propose. */
  readonly pack?: 'xiaomi';
  readonly preset?: PresetId;
  /** Why, strongest first; each continues "This device …". */
  readonly signals: readonly { readonly says: string; readonly weight: number }[];
}

/** Log-odds that a device nobody knows anything about is a Xiaomi phone. */
const PRIOR = -3.5;
const CERTAIN = 0.9;
/** More system names than this add nothing. */
const STRONGEST_COUNTED = 3;
const PUSH_COUNTED = 2;

/** What devices asked for and announced, as far as it tells what they are. */
export class Likenesses {
  private readonly names = new Map<string, Map<string, NameSignal>>();
  /** Device to release. */
  private readonly androids = new Map<string, string>();

  /** @returns whether this was news */
  heard(device: string, name: string): boolean {
    for (let suffix = name; suffix !== ''; suffix = suffix.slice(suffix.indexOf('.') + 1)) {
      const signal = nameSignals.get(suffix);
      if (signal) return this.add(device, suffix, signal);
      if (!suffix.includes('.')) break;
    }
    return false;
  }

  /** @param service such as `_mi-connect._udp` @returns whether this was news */
  offers(device: string, service: string): boolean {
    const signal = serviceSignals.get(service);
    return signal !== undefined && this.add(device, service, signal);
  }

  /** @param vendorClass of its DHCP request @returns whether this was news */
  requested(device: string, vendorClass: string): boolean {
    const release = androidRelease(vendorClass);
    if (release === undefined || this.androids.get(device) === release) return false;
    this.androids.set(device, release);
    return true;
  }

  merge(from: string, into: string): void {
    for (const [name, signal] of this.names.get(from) ?? []) this.add(into, name, signal);
    const release = this.androids.get(from);
    if (release !== undefined && !this.androids.has(into)) this.androids.set(into, release);
    this.forget(from);
  }

  forget(device: string): void {
    this.names.delete(device);
    this.androids.delete(device);
  }

  of(identity: Identity): Likeness {
    return likenessOf(identity, this.names.get(identity.id) ?? new Map(), this.androids.get(identity.id));
  }

  private add(device: string, name: string, signal: NameSignal): boolean {
    const known = this.names.get(device);
    if (known?.has(name)) return false;
    if (known) known.set(name, signal);
    else this.names.set(device, new Map([[name, signal]]));
    return true;
  }
}

interface Signal {
  readonly says: string;
  readonly weight: number;
  readonly kind?: DeviceDocument['kind'];
}

const strongestFirst = (a: Signal, b: Signal) => Math.abs(b.weight) - Math.abs(a.weight);

const fromNames = (names: ReadonlyMap<string, NameSignal>): Signal[] => {
  const all = [...names].map(([name, signal]) => ({ ...signal, says: `${signal.says} (${name})` }));
  return [
    ...all.filter(({ weight }) => weight >= 1).slice(0, STRONGEST_COUNTED),
    ...all.filter(({ weight }) => weight >= 0 && weight < 1).slice(0, PUSH_COUNTED),
    ...all.filter(({ weight }) => weight < 0),
  ];
};

const fromMacs = (macs: readonly string[]): { vendor?: string; signals: Signal[] } => {
  const vendor = macs
    .filter((mac) => !isLocallyAdministered(mac))
    .map(vendorOf)
    .find(Boolean);
  if (!vendor) return { signals: [] };
  const says = `has a MAC that belongs to ${vendor.name}`;
  return { vendor: vendor.name, signals: [{ says, weight: vendor.name === 'Xiaomi' ? 3 : -4, kind: vendor.kind }] };
};

const fromRequest = (release: string | undefined): Signal[] =>
  release === undefined ? [] : [{ says: `says Android ${release} in its DHCP request`, weight: ANDROID_WEIGHT }];

const likenessOf = (
  identity: Identity,
  names: ReadonlyMap<string, NameSignal>,
  release: string | undefined,
): Likeness => {
  const hardware = fromMacs(valuesOf(identity, 'mac'));
  const called = hostNameSignals.find(({ pattern }) => pattern.test(identity.suggestedName ?? ''));
  const named = called ? [{ ...called, says: `${called.says} (${identity.suggestedName})` }] : [];
  const signals: Signal[] = [...fromNames(names), ...named, ...hardware.signals, ...fromRequest(release)].sort(
    strongestFirst,
  );
  const sum = signals.reduce((total, { weight }) => total + weight, PRIOR);
  const score = 1 / (1 + Math.exp(-sum));
  const isXiaomi = score >= CERTAIN;
  const kind = signals.find((signal) => signal.kind)?.kind ?? (isXiaomi ? 'phone' : 'unknown');
  return {
    score,
    certain: isXiaomi || (kind !== 'unknown' && score < 1 - CERTAIN),
    vendor: hardware.vendor ?? (isXiaomi ? 'Xiaomi' : undefined),
    kind,
    ...(isXiaomi && { pack: 'xiaomi' as const, preset: 'balanced' as const }),
    signals: signals.map(({ says, weight }) => ({ says, weight })),
  };
};
