import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Format } from '../../../lists/parse/format.ts';
import type { Inspection } from '../../../lists/parse/inspect.ts';
import type { BadLine } from '../../../lists/parse/parse-list.ts';
import type { WallMs } from '../../policy/model.ts';
import { writeDurably } from './durable-file.ts';

/** A version of a list whose text is on the disk. */
export interface KeptVersion {
  /** SHA-256 of the text. */
  readonly version: string;
  readonly fetchedAt: WallMs;
  readonly bytes: number;
  readonly format: Format;
  readonly title?: string;
  /** What its header asks for. */
  readonly expiresHours?: number;
  readonly entries: number;
  readonly block: number;
  readonly allow: number;
  readonly rules: number;
  readonly skipped: number;
  readonly skippedBecause: Readonly<Record<string, number>>;
  readonly bad: number;
  readonly badLines: readonly BadLine[];
  /** Names that it wants to block and does not get: policy protects them, the owner is told. */
  readonly blocks: readonly string[];
  /** Why it waits for the owner instead of going live. */
  readonly held?: readonly string[];
}

/** @param held reasons of the gate */
export function keptVersion({
  version,
  fetchedAt,
  inspection,
  held,
}: Pick<KeptVersion, 'version' | 'fetchedAt'> & {
  readonly inspection: Inspection;
  readonly held: readonly string[];
}): KeptVersion {
  const { format, header, rules, skipped, skippedBecause, bad, badLines } = inspection.report;
  const { block, allow } = inspection.entries;
  return {
    ...{ version, fetchedAt, bytes: inspection.bytes, format, title: header.title, expiresHours: header.expiresHours },
    ...{ entries: block + allow, block, allow, rules, skipped, skippedBecause, bad, badLines },
    blocks: inspection.blocks,
    ...(held.length > 0 && { held }),
  };
}

/** What is known of one subscription between two starts. */
export interface ListState {
  /** Address that the rest belongs to. */
  readonly url: string;
  /** Version in use. */
  readonly live?: string;
  /** Newest first. */
  readonly versions: readonly KeptVersion[];
  /** Versions that the owner rolled back from: they don't come back by themselves. */
  readonly rejected: readonly string[];
  /** What the address itself gave last; another resolver of the household may have found a newer one. */
  readonly fetched?: string;
  readonly etag?: string;
  readonly lastModified?: string;
  readonly expiresHours?: number;
  readonly checkedAt?: WallMs;
  readonly changedAt?: WallMs;
  readonly nextAt: WallMs;
  /** Failures in a row. */
  readonly failures: number;
  /** One sentence. */
  readonly lastError?: string;
}

export const freshState = (url: string): ListState => ({ url, versions: [], rejected: [], nextAt: 0, failures: 0 });

/** Another address is another list: only its versions stay, and what is live until the new one is there. */
export function stateFor(url: string, state: ListState): ListState {
  if (state.url === url) return state;
  const { live, versions, rejected } = state;
  return { ...freshState(url), live, versions, rejected };
}

const FILE = 'state.json';

/** A damaged state is as good as none: the list is fetched again. */
export function readState(folder: string, url: string): ListState {
  try {
    return stateFor(url, JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as ListState);
  } catch {
    return freshState(url);
  }
}

export const writeState = (folder: string, state: ListState): Promise<void> =>
  writeDurably(join(folder, FILE), JSON.stringify(state));
