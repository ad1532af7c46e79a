import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { inconsistencies } from './pack/consistency.ts';
import { type Pack, type PackEntry, packFormat } from './pack/format.ts';

/** A pack file that can't be used; the message is one sentence for the person who wrote it. */
export class PackError extends Error {
  override name = 'PackError';
  readonly file: string;
  readonly line: number;
  /** Such as `names[3].purpose`; empty when the file is no YAML at all. */
  readonly key: string;

  constructor(file: string, line: number, key: string, problem: string) {
    super(`${file}, line ${line}${key && `, ${key}`}: ${problem}.`);
    this.file = file;
    this.line = line;
    this.key = key;
  }
}

/**
 * @param file how errors call the text
 * @throws PackError at the first thing that is wrong
 */
export function readPack(text: string, file = 'pack'): Pack {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [syntax] = document.errors;
  if (syntax)
    throw new PackError(file, lines.linePos(syntax.pos[0]).line, '', `not readable as YAML, ${syntax.message}`);

  const fail = (path: readonly PropertyKey[], problem: string): never => {
    let node: unknown;
    for (let depth = path.length; !isNode(node) && depth >= 0; depth--)
      node = document.getIn(path.slice(0, depth), true);
    const start = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    throw new PackError(file, lines.linePos(start).line || 1, keyOf(path), problem);
  };
  const { data: pack, error } = packFormat.safeParse(document.toJS());
  if (error) {
    // A misspelt key shows as an unknown one and as a missing one; the first says more.
    const unknown = error.issues.find((issue) => issue.code === 'unrecognized_keys');
    if (unknown) return fail([...unknown.path, unknown.keys[0]], 'is no key of the format; correct it or take it out');
    return fail(error.issues[0].path, problemOf(error.issues[0]));
  }
  for (const { path, message } of inconsistencies(pack)) fail(path, message);
  return pack;
}

function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be given, as ${plainTypes[issue.expected] ?? `a ${issue.expected}`}`;
  return issue.message.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}

const plainTypes: Record<string, string> = {
  array: 'a list',
  object: 'a map of keys',
  string: 'a text',
  int: 'a whole number',
};

const keyOf = (path: readonly PropertyKey[]) =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

/** The entry that stands for a name, and the pack that says so. */
export interface Finding {
  readonly pack: Pack;
  readonly entry: PackEntry;
}

/**
 * The longest match over all packs; at the same length an exact entry beats a suffix, then the later pack.
 * @param name text form, any case, with or without the last dot
 */
export function evidenceFor(packs: readonly Pack[], name: string): Finding | undefined {
  const asked = name.toLowerCase().replace(/\.$/, '');
  let best: Finding | undefined;
  for (const pack of packs) {
    for (const entry of pack.names) {
      if (!holdsFor(entry, asked)) continue;
      if (best === undefined || !isCloser(best.entry, entry)) best = { pack, entry };
    }
  }
  return best;
}

const holdsFor = (entry: PackEntry, name: string) =>
  entry.name === name || (entry.match === 'suffix' && name.endsWith(`.${entry.name}`));

const isCloser = (entry: PackEntry, than: PackEntry) =>
  entry.name.length > than.name.length ||
  (entry.name.length === than.name.length && entry.match === 'exact' && than.match === 'suffix');
