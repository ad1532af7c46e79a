import { addList, type CompiledList, type CompileLimits, type ListText } from './compile-list.ts';
import { addPack, type PackNames } from './compile-pack.ts';
import { RuleSetBuilder } from './rule-set/builder.ts';

export interface CompileInput {
  readonly packs: readonly PackNames[];
  readonly lists: readonly ListText[];
  readonly limits: CompileLimits;
}

export interface Compiled {
  readonly ruleSet: SharedArrayBuffer;
  readonly names: number;
  readonly lists: readonly CompiledList[];
}

/**
 * Makes one rule-set of all packs and lists. Everything is read anew each time: a million lines take a second, which is
 * less than keeping parts of the set apart would cost at each look-up.
 * @throws DoesNotFit
 */
export function compile({ packs, lists, limits }: CompileInput): Compiled {
  const builder = new RuleSetBuilder();
  for (const pack of packs) addPack(builder, pack);
  const compiled = lists.map((list) => addList(builder, list, limits));
  return { ruleSet: builder.finish(), names: builder.size, lists: compiled };
}
