import type { z } from '@hono/zod-openapi';
import type { KeptVersion } from '../../lists/list-state.ts';
import type { ListStatus } from '../../lists/list-status.ts';
import type { ListDocument } from '../../settings/documents.ts';
import type { List, ListVersions } from '../schemas/lists.ts';
import { time, timeOr } from './time.ts';

/** @param status missing until the lists' service heard of the document */
export const presentList = (
  { scope, ...document }: ListDocument,
  status: ListStatus | undefined,
): z.infer<typeof List> => ({
  ...document,
  scope: scope.kind === 'everyone' ? { kind: 'everyone' } : { kind: scope.kind, id: scope.id },
  status: status
    ? {
        state: status.state,
        says: status.says,
        version: status.version,
        format: status.format,
        entries: status.entries,
        byKind: status.byKind && { ...status.byKind },
        skipped: status.skipped,
        skippedBecause: status.skippedBecause && { ...status.skippedBecause },
        bad: status.bad,
        problems: status.problems?.map((problem) => ({ ...problem })),
        blocks: status.blocks && [...status.blocks],
        held: status.held && { version: status.held.version, reasons: [...status.held.reasons] },
        lastError: status.lastError,
        checkedAt: timeOr(status.checkedAt),
        changedAt: timeOr(status.changedAt),
        nextAt: timeOr(status.nextAt),
      }
    : { state: document.enabled ? 'waiting' : 'off', says: document.enabled ? 'Not fetched yet.' : 'Switched off.' },
});

export const presentVersion = (
  { version, fetchedAt, entries, held }: KeptVersion,
  live: string | undefined,
): z.infer<typeof ListVersions>['versions'][number] => ({
  version,
  fetchedAt: time(fetchedAt),
  entries,
  state: version === live ? 'live' : held ? 'held' : 'kept',
  says: held?.join(' '),
});
