/** A maker's MAC prefixes: those of 24 bits sorted, three bytes each, in base64; the few of 28 bits in hex. */
export interface ExtractedVendor {
  readonly name: string;
  /** What nearly all its devices with these prefixes are; left out where it makes many things. */
  readonly kind?: 'phone' | 'computer' | 'router' | 'other';
  readonly prefixes: string;
  readonly narrow?: readonly string[];
}

/** @param prefixes lower-case hex of 6 or 7 digits */
export const pack = (prefixes: readonly string[]): Pick<ExtractedVendor, 'prefixes' | 'narrow'> => {
  const wide = prefixes.filter((prefix) => prefix.length === 6).sort();
  const narrow = prefixes.filter((prefix) => prefix.length === 7).sort();
  return { prefixes: Buffer.from(wide.join(''), 'hex').toString('base64'), ...(narrow.length > 0 && { narrow }) };
};

/** @returns lower-case hex of 6 or 7 digits */
export const unpack = (vendor: ExtractedVendor): string[] => [
  ...(Buffer.from(vendor.prefixes, 'base64').toString('hex').match(/.{6}/g) ?? []),
  ...(vendor.narrow ?? []),
];
