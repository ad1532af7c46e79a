import { createRoute, z } from '@hono/zod-openapi';
import { allAttempts, asCsv, asJsonLines, type ExportRow, inPieces } from '../../record/export.ts';
import type { AttemptFilter } from '../../store/store.ts';
import { resource } from '../api-env.ts';
import type { ApiDeps } from '../deps.ts';
import { presentAttempt } from '../present/attempt.ts';
import { nameOfDevice } from '../present/device.ts';
import { time } from '../present/time.ts';
import { ExportQuery } from '../schemas/report.ts';
import { visibleDevice } from './attempts.ts';

const types = { csv: 'text/csv; charset=utf-8', jsonl: 'application/jsonl; charset=utf-8' } as const;

const everything = createRoute({
  method: 'get',
  path: '/export',
  request: { query: ExportQuery },
  responses: {
    200: {
      description: 'All attempts that match, newest first, as a file: CSV, or one JSON object a line.',
      content: { 'text/csv': { schema: z.string() }, 'application/jsonl': { schema: z.string() } },
    },
  },
});

/** However long the record is, a page of it is in memory at a time. */
export const attemptExportRoutes = (deps: ApiDeps) =>
  resource().openapi(everything, async (c) => {
    const { format, ...query } = c.req.valid('query');
    const device = visibleDevice(c, query.device);
    const rows = exportRows(deps, { ...query, device });
    const pieces = inPieces(format === 'csv' ? asCsv(rows) : asJsonLines(rows))[Symbol.asyncIterator]();
    // A store that is away is told as such, and not by a file that breaks off.
    const first = await pieces.next();
    const day = time(deps.now()).slice(0, 10);
    c.header('Content-Type', types[format]);
    c.header('Content-Disposition', `attachment; filename="attempts-${day}.${format}"`);
    return c.body(streamOf(first, pieces), 200);
  });

async function* exportRows(
  { record, household }: ApiDeps,
  filter: Omit<AttemptFilter, 'cursor' | 'limit'>,
): AsyncIterable<ExportRow> {
  for await (const row of allAttempts(record, filter)) {
    const device = household.get('device', row.device);
    yield { ...presentAttempt(row), ...(device && { name: nameOfDevice(device) }) };
  }
}

function streamOf(first: IteratorResult<Uint8Array>, rest: AsyncIterator<Uint8Array>): ReadableStream<Uint8Array> {
  let next: Promise<IteratorResult<Uint8Array>> | IteratorResult<Uint8Array> = first;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await next;
      if (done) return controller.close();
      controller.enqueue(value);
      next = rest.next();
    },
    async cancel() {
      await rest.return?.();
    },
  });
}
