import type { WallMs } from '../../../policy/model.ts';
import { SILENT_AFTER } from '../../nodes.ts';
import type { SeenNode } from '../../store/store.ts';
import type { NoticeFacts } from '../deps.ts';
import { time } from './time.ts';

export const presentNode = (
  { name, version, answering, silentFor, startedAt, policyVersion }: SeenNode,
  now: WallMs,
): {
  name: string;
  version: string;
  state: 'answering' | 'failing' | 'silent';
  startedAt: string;
  seenAt: string;
  policyVersion: number;
} => ({
  name,
  version,
  state: silentFor >= SILENT_AFTER ? 'silent' : answering ? 'answering' : 'failing',
  startedAt: time(startedAt),
  seenAt: time(now - silentFor),
  policyVersion,
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

function ago(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return 'less than a minute ago';
  if (minutes < 120) return minutes === 1 ? 'a minute ago' : `${minutes} minutes ago`;
  return `${Math.round(minutes / 60)} hours ago`;
}
