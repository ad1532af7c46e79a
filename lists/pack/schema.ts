import { z } from 'zod';
import { packFormat } from './format.ts';

/** The format as editors understand it; what holds between keys only `readPack` knows. */
export const packSchema = (): Record<string, unknown> => ({ title: 'Quell pack', ...z.toJSONSchema(packFormat) });

if (import.meta.main) process.stdout.write(`${JSON.stringify(packSchema(), null, 2)}\n`);
