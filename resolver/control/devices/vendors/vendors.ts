import { isLocallyAdministered } from '../mac.ts';
import { type ExtractedVendor, unpack } from './packed-prefixes.ts';
import extract from './prefixes.json' with { type: 'json' };

export type Vendor = Pick<ExtractedVendor, 'name' | 'kind'>;

let byPrefix: Map<string, Vendor> | undefined;

/** Unpacked when first asked for: a resolver whose phones all make up their MACs never needs it. */
const prefixes = (): Map<string, Vendor> =>
  (byPrefix ??= new Map(
    (extract.vendors as ExtractedVendor[]).flatMap((vendor) =>
      unpack(vendor).map((prefix): [string, Vendor] => [prefix, { name: vendor.name, kind: vendor.kind }]),
    ),
  ));

/** Who registered the MAC, as far as the extract knows; nobody registers made-up ones. @param mac "aa:bb:cc:dd:ee:ff" */
export const vendorOf = (mac: string): Vendor | undefined => {
  if (isLocallyAdministered(mac)) return undefined;
  const hex = mac.replaceAll(':', '');
  return prefixes().get(hex.slice(0, 7)) ?? prefixes().get(hex.slice(0, 6));
};
