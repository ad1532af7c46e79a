import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChangedName } from '../../../lists/parse/changed-names.ts';
import type { Inspection } from '../../../lists/parse/inspect.ts';
import { gate, noList } from './gate.ts';
import { keptName, sha256, writeKept } from './kept-text.ts';
import type { ListChild } from './list-child.ts';

/** What subscribing to a list would mean. */
export interface ListPreview {
  readonly format: string;
  readonly title?: string;
  readonly entries: Inspection['entries'];
  readonly skipped: number;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
  readonly sample: readonly string[];
  /** Names that it wants and does not get. */
  readonly blocks: readonly string[];
  /** Why the gate would hold it back. */
  readonly held?: string;
  readonly wouldChange: readonly ChangedName[];
}

export interface PreviewInput {
  readonly bytes: Uint8Array;
  readonly kind: 'block' | 'allow';
  /** Names of the household's record. */
  readonly names: readonly string[];
}

export interface PreviewDeps {
  readonly child: ListChild;
  readonly neverBlock: readonly string[];
  readonly functional: readonly string[];
}

export async function previewList({ bytes, kind, names }: PreviewInput, deps: PreviewDeps): Promise<ListPreview> {
  const { child, neverBlock, functional } = deps;
  const folder = await mkdtemp(join(tmpdir(), 'quell-preview-'));
  const path = join(folder, keptName(sha256(bytes)));
  try {
    await writeKept(path, bytes);
    const inspection = await child.run('inspect', { path, names: [...neverBlock, ...functional] });
    const changes = await child.run('changed', { after: path, names });
    const { report, sample } = inspection;
    const { block, allow } = inspection.entries;
    const blocks = kind === 'block' ? inspection.blocks : [];
    const reasons = gate({ next: { ...inspection, blocks }, neverBlock, local: false });
    return {
      format: report.format,
      title: report.header.title,
      entries: kind === 'block' ? { block, allow } : { block: 0, allow: block + allow },
      skipped: report.skipped,
      problems: report.badLines.map(({ line, reason, text }) => ({ line, message: `${reason}: ${text}` })),
      sample,
      blocks,
      held: noList(inspection) ?? reasons[0],
      wouldChange: kind === 'block' ? changes : asAllowList(changes),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whatever an allow list names, it allows. */
export const asAllowList = (changes: readonly ChangedName[]): ChangedName[] => {
  const allows = (says: ChangedName['after']) => (says === 'block' ? 'allow' : says);
  return changes
    .map(({ name, before, after }) => ({ name, before: allows(before), after: allows(after) }))
    .filter(({ before, after }) => before !== after);
};
