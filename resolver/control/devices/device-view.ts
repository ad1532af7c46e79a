import type { WallMs } from '../../policy/model.ts';
import { confidenceIn, strongest } from './confidence.ts';
import { type Identity, isAged, valuesOf } from './identity.ts';
import type { Likeness } from './likeness.ts';
import type { Links } from './links.ts';
import { isLocallyAdministered } from './mac.ts';

/** What is known of a device beside its document. */
export interface DeviceView {
  readonly id: string;
  /** Addresses that lead to it now. */
  readonly addresses: readonly string[];
  readonly macs: readonly { readonly mac: string; readonly madeUp: boolean; readonly shared: boolean }[];
  /** How it is recognised, 0 to 1, in a sentence. */
  readonly confidence: { readonly level: number; readonly says: string };
  /** Said where a MAC stands for several devices. */
  readonly sharedSays?: string;
  readonly likeness: Likeness;
}

export const viewOf = (
  identity: Identity,
  { links, likeness, now }: { links: Links; likeness: Likeness; now: WallMs },
): DeviceView => {
  const macs = valuesOf(identity, 'mac').map((mac) => ({
    mac,
    madeUp: isLocallyAdministered(mac),
    shared: links.isShared(mac, now),
  }));
  const addresses = [...identity.identifiers.values()].filter(({ kind }) => kind === 'address');
  const source = strongest(identity.identifiers.values());
  const shared = macs.find((mac) => mac.shared);
  const behind = addresses.some(({ value }) => links.isBehindShared(value, now));
  return {
    id: identity.id,
    addresses: addresses.filter((identifier) => !isAged(identifier, now)).map(({ value }) => value),
    macs,
    confidence: source ? confidenceIn[source] : { level: 0, says: 'Nothing is known of it any more.' },
    ...(shared && {
      sharedSays: `Several devices reach the network through ${shared.mac}, as behind a repeater; they are told apart by their addresses.`,
    }),
    ...(!shared &&
      behind && {
        sharedSays: 'It reaches the network through a repeater, so it is told apart by its address instead of its MAC.',
      }),
    likeness,
  };
};
