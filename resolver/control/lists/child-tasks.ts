import { compile } from '../../../lists/compile.ts';
import { type CompiledList, type CompileLimits, DoesNotFit } from '../../../lists/compile-list.ts';
import type { PackNames } from '../../../lists/compile-pack.ts';
import { writeSnapshot } from '../../../lists/compile-snapshot.ts';
import { type ChangedName, changedNames } from '../../../lists/parse/changed-names.ts';
import { diffLists, type ListDiff } from '../../../lists/parse/diff.ts';
import { type FoundLine, findLine } from '../../../lists/parse/find-line.ts';
import { type Inspection, inspectList } from '../../../lists/parse/inspect.ts';
import { type IncomingText, readIncoming } from './incoming-text.ts';
import { readKept } from './kept-text.ts';
import { type Shelved, type ShelveTask, shelve } from './shelve.ts';

/** What the child process does. Kept texts are named by their path. */
export interface Tasks {
  compile: { input: CompileTask; output: CompileOutcome };
  shelve: { input: ShelveTask; output: Shelved };
  preview: { input: PreviewTask; output: { inspection: Inspection; changed: ChangedName[] } };
  diff: { input: { before: string; after: string; limit: number }; output: ListDiff };
  changed: { input: { before?: string; after: string; names: readonly string[] }; output: ChangedName[] };
  find: { input: { paths: readonly string[]; name: string }; output: (FoundLine | null)[] };
}

export interface PreviewTask {
  readonly text: IncomingText;
  /** Bytes that it may have, unpacked. */
  readonly limit: number;
  /** That a list had better not block. */
  readonly names: readonly string[];
  /** Of the household's record. */
  readonly recorded: readonly string[];
}

export interface CompileTask {
  /** Read and checked: doing so took longer than most lists take. */
  readonly packs: readonly PackNames[];
  readonly lists: readonly {
    readonly id: string;
    readonly version: string;
    readonly kind: 'block' | 'allow';
    readonly path: string;
  }[];
  readonly limits: CompileLimits;
  /** Where the rule-set is kept. */
  readonly folder: string;
}

export type CompileOutcome =
  | { readonly names: number; readonly lists: readonly CompiledList[] }
  /** `list` is the one at which there was no more room. */
  | { readonly refused: string; readonly list: string }
  /** The kept text of `list` is not what its name says. */
  | { readonly damaged: true; readonly list: string };

export type TaskName = keyof Tasks;

export const tasks: { readonly [Name in TaskName]: (input: Tasks[Name]['input']) => Tasks[Name]['output'] } = {
  compile: ({ packs, lists, limits, folder }) => {
    try {
      const compiled = compile({
        packs,
        lists: lists.map((list) => ({ ...list, read: () => readListed(list) })),
        limits,
      });
      writeSnapshot(folder, compiled.ruleSet);
      return { names: compiled.names, lists: compiled.lists };
    } catch (error) {
      if (error instanceof DamagedText) return { damaged: true, list: error.list };
      if (error instanceof DoesNotFit) return { refused: error.message, list: error.list };
      throw error;
    }
  },
  shelve,
  preview: ({ text, limit, names, recorded }) => {
    const bytes = readIncoming(text, limit);
    return { inspection: inspectList(bytes, names), changed: changedNames(undefined, bytes, recorded) };
  },
  diff: ({ before, after, limit }) => diffLists(readKept(before), readKept(after), limit),
  changed: ({ before, after, names }) =>
    changedNames(before === undefined ? undefined : readKept(before), readKept(after), names),
  find: ({ paths, name }) => paths.map((path) => findIn(path, name)),
};

function findIn(path: string, name: string): FoundLine | null {
  try {
    return findLine(readKept(path), name) ?? null;
  } catch {
    // One damaged text must not cost what the others say.
    return null;
  }
}

class DamagedText extends Error {
  override name = 'DamagedText';
  readonly list: string;

  constructor(list: string, cause: unknown) {
    super(`The kept text of ${list} is damaged.`, { cause });
    this.list = list;
  }
}

function readListed({ id, path }: CompileTask['lists'][number]): Uint8Array {
  try {
    return readKept(path);
  } catch (error) {
    throw new DamagedText(id, error);
  }
}
