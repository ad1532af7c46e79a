import type { WallMs } from '../../../policy/model.ts';
import { SILENT_AFTER } from '../../nodes.ts';
import type { SeenNode } from '../../store/store.ts';
import type { NoticeFacts } from '../deps.ts';
import { time } from './time.ts';

export const presentNode = (
  { name, version, answering, silentFor, startedAt, policyVersion, clockAhead = 0 }: SeenNode,
  now: WallMs,
): {
  name: string;
  version: string;
  state: 'answering' | 'failing' | 'silent';
  startedAt: string;
  seenAt: string;
  policyVersion: number;
  clockAhead: number;
} => ({
  name,
  version,
  state: silentFor >= SILENT_AFTER ? 'silent' : answering ? 'answering' : 'failing',
  startedAt: time(startedAt),
  seenAt: time(now - silentFor),
  policyVersion,
  clockAhead: Math.round(clockAhead / 100) / 10,
});

export const silentNodes = (nodes: readonly SeenNode[]): NoticeFacts[] =>
  nodes
    .filter(({ silentFor }) => silentFor >= SILENT_AFTER)
    .map(({ name, silentFor }) => ({
      id: 'node-silent',
      level: 'warning',
      sentence: `The resolver “${name}” was last heard of ${ago(silentFor)}; what asks only there may get no answers.`,
      remedy: 'Start it again, or take its address out of the router’s DNS settings.',
    }));

/** Seconds that a clock may be off without anybody being told. */
const NEAR = 2;

/** Everything shared goes by the household's time; what only the machine's own clock says would be wrong. */
export const wrongClocks = (nodes: readonly SeenNode[]): NoticeFacts[] =>
  nodes.flatMap(({ name, clockAhead = 0 }) => {
    const seconds = Math.round(clockAhead / 1000);
    if (Math.abs(seconds) < NEAR) return [];
    const sentence = `The clock of the resolver “${name}” is ${span(Math.abs(seconds))} ${seconds > 0 ? 'ahead' : 'behind'}; Quell allows for it.`;
    return [{ id: 'node-clock', level: 'warning', sentence, remedy: 'Let that machine set its clock by NTP.' }];
  });

function span(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}

function ago(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return 'less than a minute ago';
  if (minutes < 120) return minutes === 1 ? 'a minute ago' : `${minutes} minutes ago`;
  return `${Math.round(minutes / 60)} hours ago`;
}
