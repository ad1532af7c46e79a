import type { IdentifierSource } from '../settings/documents.ts';
import type { Identity } from './identity.ts';

const rank: Partial<Record<IdentifierSource, number>> = { lease: 3, mdns: 2, reverse: 1 };
const meaningless =
  /^(\*|unknown|localhost|android[-_][0-9a-f]{8,}|dhcp[-_]?\d+|(ip|host|client|pc)?[-_]?\d+([-_.]\d+)*)$/i;
/** Names that thousands of devices come with. */
const common = /^(android|iphone|ipad|phone|mobile|redmi|poco|xiaomi|galaxy|pixel|macbook|laptop|desktop|pc)$/i;

/** The first label of what a device calls itself; undefined when that tells a person nothing. */
export const readableName = (text: string): string | undefined => {
  const label = text.trim().split('.', 1)[0].slice(0, 63);
  return label.length < 2 || /[^\p{L}\p{N} _'()-]/u.test(label) || meaningless.test(label) ? undefined : label;
};

/** Whether two devices with this name may well be one. */
export const isTelling = (name: string): boolean => !common.test(name);

/** The name to suggest from now on, when the new one is better than what is known. A lease is the device's own word. */
export const betterName = (
  identity: Pick<Identity, 'suggestedName' | 'suggestedBy'>,
  text: string,
  source: IdentifierSource,
): string | undefined => {
  const name = readableName(text);
  if (name === undefined || name === identity.suggestedName) return undefined;
  const known = identity.suggestedName === undefined ? -1 : (rank[identity.suggestedBy ?? 'lease'] ?? 0);
  return (rank[source] ?? 0) >= known ? name : undefined;
};
