import type { ChangedName } from '../../../lists/parse/changed-names.ts';
import type { Inspection } from '../../../lists/parse/inspect.ts';
import type { Tasks } from './child-tasks.ts';
import { gate, noList } from './gate.ts';

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

export function listPreview(
  { inspection, changed, kind }: Tasks['preview']['output'] & { readonly kind: 'block' | 'allow' },
  neverBlock: readonly string[],
): ListPreview {
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
    wouldChange: kind === 'block' ? changed : asAllowList(changed),
  };
}

/** Whatever an allow list names, it allows. */
export const asAllowList = (changes: readonly ChangedName[]): ChangedName[] => {
  const allows = (says: ChangedName['after']) => (says === 'block' ? 'allow' : says);
  return changes
    .map(({ name, before, after }) => ({ name, before: allows(before), after: allows(after) }))
    .filter(({ before, after }) => before !== after);
};
