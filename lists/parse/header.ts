/** What the comments at the top of a list say about it. */
export interface ListHeader {
  readonly title?: string;
  /** Hours after which a new version may be there. */
  readonly expiresHours?: number;
  readonly version?: string;
  readonly licence?: string;
  /** The publisher dropped subdomains because their parents stand for them. */
  readonly coversSubdomains: boolean;
}

const HEAD = 8192;
const field = (name: string): RegExp => new RegExp(`^[!#;]\\s*${name}\\s*:\\s*(.+)$`, 'im');
const title = field('Title');
const expires = field('Expires');
const version = field('Version');
const licence = field('Licen[cs]e');
const syntax = field('Syntax');

export function readHeader(bytes: Uint8Array): ListHeader {
  const head = new TextDecoder().decode(bytes.subarray(0, HEAD)).replaceAll('\r', '');
  return {
    title: title.exec(head)?.[1].trim(),
    expiresHours: hoursOf(expires.exec(head)?.[1]),
    version: version.exec(head)?.[1].trim(),
    licence: licence.exec(head)?.[1].trim(),
    coversSubdomains: /without subdomains|wildcard/i.test(syntax.exec(head)?.[1] ?? ''),
  };
}

const units: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168 };

/** "4 days (update frequency)", "12 hours", "1d"; a bare number counts days. */
function hoursOf(text: string | undefined): number | undefined {
  const match = /^(\d+)\s*([a-z]?)/i.exec(text ?? '');
  if (match === null) return undefined;
  const hours = Number(match[1]) * (units[match[2].toLowerCase() || 'd'] ?? 0);
  return hours > 0 ? hours : undefined;
}
