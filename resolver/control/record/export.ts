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

const columns = ['at', 'device', 'name', 'domain', 'qtype', 'outcome', 'purpose', 'reason', 'count'] as const;

/** A row as people read it: times in ISO 8601, types by name; `name` is the device's. */
export type ExportRow = Readonly<Partial<Record<(typeof columns)[number], string | number>>>;

/** RFC 4180, with a head line. */
export async function* asCsv(rows: AsyncIterable<ExportRow>): AsyncIterable<string> {
  yield `${columns.join(',')}\r\n`;
  for await (const row of rows) yield `${columns.map((column) => csvField(row[column])).join(',')}\r\n`;
}

export async function* asJsonLines(rows: AsyncIterable<ExportRow>): AsyncIterable<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

/** Lines in pieces of some size: a piece per line would cost more than the line. */
export async function* inPieces(lines: AsyncIterable<string>, characters = 32_768): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  let piece = '';
  for await (const line of lines) {
    piece += line;
    if (piece.length < characters) continue;
    yield encoder.encode(piece);
    piece = '';
  }
  if (piece !== '') yield encoder.encode(piece);
}

function csvField(value: string | number | undefined): string {
  const text = String(value ?? '');
  // Names come from whoever asks: one that begins like a formula must stay text in a spreadsheet.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
