import { z } from 'zod';

/** The object or list inside defaults, options and unions. */
function core(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return core(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return core(schema.in);
  return schema;
}

/** Keys that may stand at this path; none where no object is expected. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let at = core(schema);
  for (const part of path) {
    if (at instanceof z.ZodObject && typeof part === 'string' && part in at.shape) at = core(at.shape[part]);
    else if (at instanceof z.ZodArray) at = core(at.element);
    else return [];
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** Every key that a file may hold, as paths: `dns.listen`. Entries of lists are left to their key. */
export function allKeys(schema: z.core.$ZodType, prefix = ''): string[] {
  const at = core(schema);
  if (!(at instanceof z.ZodObject)) return [];
  return Object.entries(at.shape).flatMap(([key, part]) => {
    const inner = allKeys(part as z.core.$ZodType, `${prefix}${key}.`);
    return inner.length > 0 ? inner : [`${prefix}${key}`];
  });
}
