import { z } from 'zod';

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const bytes = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 } as const;

export type Duration = string | number;

/**
 * "500ms", "30s", "5m", "12h", "7d", or a plain number of seconds.
 * @param unit what the normalised configuration counts in
 */
export const duration = (unit: 's' | 'ms', { least = 0, most }: { least?: number; most: number }) =>
  z.union([z.string(), z.number()]).transform((value, context) => {
    const found = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(String(value).trim());
    const inUnit = found
      ? (Number(found[1]) * milliseconds[(found[2] ?? 's') as keyof typeof milliseconds]) / milliseconds[unit]
      : Number.NaN;
    if (inUnit >= least && inUnit <= most) return Math.round(inUnit);
    const text = (limit: number) => `${limit} ${unit === 's' ? (limit === 1 ? 'second' : 'seconds') : 'ms'}`;
    context.addIssue({
      code: 'custom',
      message: `must be a duration such as 30s, 5m or 12h, from ${text(least)} to ${text(most)}`,
    });
    return z.NEVER;
  });

/** "512 KiB", "16M", "1GB" (powers of two), or a plain number of bytes. */
export const size = ({ least, most }: { least: number; most: number }) =>
  z.union([z.string(), z.number()]).transform((value, context) => {
    const found = /^(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?$/i.exec(String(value).trim());
    const count = found ? Number(found[1]) * bytes[found[2].toLowerCase() as keyof typeof bytes] : Number.NaN;
    if (count >= least && count <= most) return Math.round(count);
    context.addIssue({
      code: 'custom',
      message: `must be a size such as 512KiB or 16MiB, from ${sayBytes(least)} to ${sayBytes(most)}`,
    });
    return z.NEVER;
  });

function sayBytes(count: number): string {
  if (count % bytes.g === 0) return `${count / bytes.g} GiB`;
  if (count % bytes.m === 0) return `${count / bytes.m} MiB`;
  return `${Math.round(count / bytes.k)} KiB`;
}
