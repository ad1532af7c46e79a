import { expect, test } from 'vitest';
import {
  allAttempts,
  asCsv,
  asJsonLines,
  type ExportRow,
  inPieces,
} from '../../../../resolver/control/record/export.ts';
import type { AttemptFilter, AttemptRow } from '../../../../resolver/control/store/store.ts';

const row = (domain: string, more: Partial<AttemptRow> = {}): AttemptRow => ({
  at: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  device: 'phone',
  domain,
  qtype: 1,
  outcome: 'blocked',
  reason: 'pause',
  count: 2,
  ...more,
});

/** A record of three pages, of which the second is empty. */
const record = {
  async attempts({ cursor }: AttemptFilter) {
    if (cursor === undefined) return { attempts: [row('a.example'), row('=1+1', { purpose: 'ads' })], next: '1' };
    return cursor === '1' ? { attempts: [], next: '2' } : { attempts: [row('say "hi", b.example')] };
  },
};

async function* rows(): AsyncIterable<ExportRow> {
  for await (const each of allAttempts(record, {})) {
    yield { ...each, at: new Date(each.at).toISOString(), qtype: 'A', name: '' };
  }
}

async function textOf(parts: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(parts)).join('');
}

test('CSV has every page, quotes what needs it, and no name can become a formula', async () => {
  expect(await textOf(asCsv(rows()))).toBe(
    [
      'at,device,name,domain,qtype,outcome,purpose,reason,count',
      '2026-01-02T03:04:05.006Z,phone,,a.example,A,blocked,,pause,2',
      "2026-01-02T03:04:05.006Z,phone,,'=1+1,A,blocked,ads,pause,2",
      '2026-01-02T03:04:05.006Z,phone,,"say ""hi"", b.example",A,blocked,,pause,2',
      '',
    ].join('\r\n'),
  );
});

test('JSON lines are one object a line', async () => {
  const lines = (await textOf(asJsonLines(rows()))).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).domain)).toEqual(['a.example', '=1+1', 'say "hi", b.example']);
  expect(JSON.parse(lines[0])).toMatchObject({ ...row('a.example'), at: '2026-01-02T03:04:05.006Z', qtype: 'A' });
});

test('a file leaves in pieces of some size, however short its lines are', async () => {
  async function* lines() {
    for (let i = 0; i < 1000; i++) yield `line ${i}\n`;
  }
  const pieces = await Array.fromAsync(inPieces(lines(), 1000));
  expect(pieces.length).toBeLessThan(12);
  expect(Buffer.concat(pieces).toString().split('\n')).toHaveLength(1001);
});
