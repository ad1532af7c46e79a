import type { Inspection } from '../../../lists/parse/inspect.ts';
import type { KeptVersion } from './list-state.ts';

export interface GateInput {
  readonly next: Inspection;
  /** The version in use; without it, the first one is judged by itself. */
  readonly live?: KeptVersion;
  readonly neverBlock: readonly string[];
  /** A file of the household's own: its size is nobody's accident. */
  readonly local: boolean;
}

const SHRINKS = 0.7;
const GROWS = 3;
const READABLE = 0.5;

/** Why a new version should not go live unasked, in sentences; empty when nothing speaks against it. */
export function gate({ next, live, neverBlock, local }: GateInput): string[] {
  const reasons: string[] = [];
  const entries = next.entries.block + next.entries.allow;
  const { rules, skipped, bad } = next.report;
  const readable = (rules + skipped) / Math.max(1, rules + skipped + bad);
  if (readable < READABLE) {
    reasons.push(`Only ${percent(readable)} of its lines could be read, the rest is no ${next.report.format} list.`);
  }
  if (live !== undefined && !local && entries < live.entries * SHRINKS) {
    reasons.push(`It has ${count(entries)} entries where the version in use has ${count(live.entries)}.`);
  }
  if (live !== undefined && !local && entries > live.entries * GROWS) {
    reasons.push(
      `It has ${count(entries)} entries, more than three times the ${count(live.entries)} of the version in use.`,
    );
  }
  const fresh = next.blocks.filter((name) => neverBlock.includes(name) && !live?.blocks.includes(name));
  if (fresh.length > 0) {
    reasons.push(
      `It blocks ${fresh.slice(0, 3).join(', ')}${more(fresh.length - 3)}, without which phones don’t work.`,
    );
  }
  return reasons;
}

/** What makes a text no list at all, so that there is nothing to apply; `undefined` for a list. */
export function noList({ report, entries }: Inspection): string | undefined {
  if (report.format === 'html') return 'It is a web page, not a list; perhaps the address wants a sign-in.';
  if (report.format === 'unknown') return 'It looks like no list that Quell can read.';
  if (entries.block + entries.allow > 0) return undefined;
  const [reason] = Object.entries(report.skippedBecause).sort((a, b) => b[1] - a[1])[0] ?? [];
  return reason ? `Nothing in it blocks or allows a name: ${reason}.` : 'Nothing in it blocks or allows a name.';
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const count = (number: number): string => number.toLocaleString('en');
const more = (number: number): string => (number > 0 ? ` and ${number} more` : '');
