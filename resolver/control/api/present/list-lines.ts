import type { FoundLine } from '../../../../lists/parse/find-line.ts';
import type { ApiDeps } from '../deps.ts';

/** The lines that decide about a name in each of the lists, as far as their texts are at hand. */
export async function linesOf(
  lists: readonly string[],
  name: string,
  deps: Pick<ApiDeps, 'lists'>,
): Promise<ReadonlyMap<string, FoundLine>> {
  return (await deps.lists?.texts.findLines(lists, name).catch(() => undefined)) ?? new Map();
}
