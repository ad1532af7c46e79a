import type { Saying } from './entry.ts';
import { regexPattern } from './regex.ts';

/** Where a pattern holds: at a name, or wherever a regex finds something. */
export type Place =
  | { readonly name: string; readonly match: Saying['match'] }
  | { readonly regex: string }
  | { readonly skipped: string }
  | { readonly bad: string };

/**
 * The part of an adblock rule before its modifiers, as DNS sees it: `||` begins at a label, `|` at the name's start,
 * `^` or `|` ends at the name's end, `*` is anything.
 *
 * Patterns with an open end (`||ads.example`) are closed where they read as a whole name: authors leave the `^` out
 * by habit, and `ads.example` would otherwise catch `ads.example.org` too.
 */
export function placeOf(pattern: string): Place {
  if (pattern.length > 1 && pattern.startsWith('/') && pattern.endsWith('/')) return regexPattern(pattern.slice(1, -1));
  let rest = pattern.toLowerCase().replace(/^(\|?https?|\|?wss?)?:\/\//, '|');
  const begins = rest.startsWith('||') ? 'label' : rest.startsWith('|') ? 'name' : 'anywhere';
  rest = rest.replace(/^\|{1,2}/, '');
  const ended = rest.replace(/[\^|]+$/, '');
  const closed = ended !== rest && !ended.endsWith('*');
  const body = ended.replace(/\*+$/, '');
  const open = body !== ended;
  if (/[/?=&:%^|]/.test(body)) return { skipped: 'a rule for paths' };
  if (!/[^*.]/.test(body)) return { skipped: 'would match every name' };
  return namePlace(body, begins, closed, open) ?? regexPlace(body, begins, closed);
}

type Begins = 'label' | 'name' | 'anywhere';

const wholeName = /^[^*\s.]+(\.[^*\s.]+)*$/u;

function namePlace(body: string, begins: Begins, closed: boolean, open: boolean): Place | undefined {
  if (open) return undefined;
  const below = body.replace(/^\*?\./, '');
  if (below !== body && wholeName.test(below) && (begins !== 'name' || body.startsWith('*')))
    return { name: below, match: 'below' };
  if (!wholeName.test(body)) return undefined;
  if (begins === 'label' && (closed || body.includes('.'))) return { name: body, match: 'suffix' };
  if (begins === 'name' && (closed || body.includes('.'))) return { name: body, match: 'exact' };
  if (begins === 'anywhere' && !body.includes('.')) return { bad: 'a single word' };
  return undefined;
}

function regexPlace(body: string, begins: Begins, closed: boolean): Place {
  const start = begins === 'label' ? '(?:^|\\.)' : begins === 'name' ? '^' : '';
  const text = body.replace(/^\*+/, '');
  if (!/^[\p{L}\p{N}*._-]+$/u.test(text)) return { bad: 'not a name or pattern' };
  const anchored = text === body ? start : '';
  const escaped = text.replace(/\*+/g, '*').replace(/\./g, '\\.').replace(/\*/g, '.*');
  return { regex: `${anchored}${escaped}${closed ? '$' : ''}` };
}
