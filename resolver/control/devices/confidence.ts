import type { Identifier, IdentifierSource } from '../settings/documents.ts';

/** How far an identifier by this source can be trusted, 0 to 1, and why. */
export const confidenceIn: Record<IdentifierSource, { readonly level: number; readonly says: string }> = {
  owner: { level: 1, says: 'A person of the household said so.' },
  neighbour: { level: 0.95, says: 'The network itself knows which hardware uses this address.' },
  lease: { level: 0.9, says: 'The DHCP server gave this address to this hardware.' },
  'edns-mac': { level: 0.85, says: 'The router in front says which hardware asked.' },
  name: { level: 0.85, says: 'The device comes by the private name that was set on it.' },
  'edns-subnet': { level: 0.7, says: 'The router in front says which address asked.' },
  address: { level: 0.5, says: 'Only the address is known; it may pass to another device.' },
  mdns: { level: 0.3, says: 'The device says so itself on the network.' },
  reverse: { level: 0.2, says: 'The router has this name for the address.' },
};

/** The best word there is for a device. */
export const strongest = (identifiers: Iterable<Identifier>): IdentifierSource | undefined =>
  [...identifiers].map(({ source }) => source).sort((a, b) => confidenceIn[b].level - confidenceIn[a].level)[0];
