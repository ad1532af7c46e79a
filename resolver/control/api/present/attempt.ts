import type { z } from '@hono/zod-openapi';
import { recordTypes } from '../../../../lists/parse/record-types.ts';
import type { AttemptRow } from '../../store/store.ts';
import type { Attempt } from '../schemas/record.ts';
import { time } from './time.ts';

const typeNames = new Map(Object.entries(recordTypes).map(([name, number]) => [number, name]));

/** "AAAA"; "TYPE65280" for a type without a name (RFC 3597 section 5). */
export const typeName = (number: number): string => typeNames.get(number) ?? `TYPE${number}`;

/** @returns undefined for what is no type */
export function typeNumber(text: string): number | undefined {
  const name = text.toUpperCase();
  const number = recordTypes[name] ?? Number(name.match(/^(?:TYPE)?(\d{1,5})$/)?.[1] ?? Number.NaN);
  return number >= 0 && number <= 0xffff ? number : undefined;
}

export const presentAttempt = ({
  at,
  device,
  domain,
  qtype,
  outcome,
  purpose,
  reason,
  count,
}: AttemptRow): z.infer<typeof Attempt> => ({
  at: time(at),
  device,
  domain,
  qtype: typeName(qtype),
  outcome,
  purpose,
  reason,
  count,
});
