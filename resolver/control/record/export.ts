import type { AttemptFilter, AttemptRow, RecordStore } from '../store/store.ts';

/** Everything that matches, newest first, page by page, so that any number of rows needs the memory of one page. */
export async function* allAttempts(
  record: Pick<RecordStore, 'attempts'>,
  filter: Omit<AttemptFilter, 'cursor' | 'limit'>,
): AsyncIterable<AttemptRow> {
  let cursor: string | undefined;
  do {
    const page = await record.attempts({ ...filter, cursor, limit: 1000 });
    yield* page.attempts;
    cursor = page.next;
  } while (cursor !== undefined);
}

const columns = ['at', 'device', 'domain', 'qtype', 'outcome', 'purpose', 'reason', 'count'] as const;

/** RFC 4180, with a head line; times in ISO 8601. */
export async function* asCsv(rows: AsyncIterable<AttemptRow>): AsyncIterable<string> {
  yield `${columns.join(',')}\r\n`;
  for await (const row of rows) {
    const values = { ...row, at: new Date(row.at).toISOString() };
    yield `${columns.map((column) => csvField(values[column])).join(',')}\r\n`;
  }
}

export async function* asJsonLines(rows: AsyncIterable<AttemptRow>): AsyncIterable<string> {
  for await (const row of rows) yield `${JSON.stringify({ ...row, at: new Date(row.at).toISOString() })}\n`;
}

function csvField(value: string | number | undefined): string {
  const text = String(value ?? '');
  // Names come from whoever asks: one that begins like a formula must stay text in a spreadsheet.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
