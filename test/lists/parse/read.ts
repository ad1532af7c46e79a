import type { EntrySink, Saying } from '../../../lists/parse/entry.ts';
import type { Name } from '../../../lists/parse/name.ts';
import { type ListReport, parseList } from '../../../lists/parse/parse-list.ts';

/** Entries as a person would write them: "block exact ads.example". */
class Written implements EntrySink {
  readonly entries: string[] = [];

  name(name: Name, saying: Saying): void {
    this.entries.push(`${words(saying)} ${name.text()}`);
  }

  pattern(regex: string, saying: Saying): void {
    this.entries.push(`${saying.action} /${regex}/`);
  }
}

const words = ({ action, match, important, condition }: Saying): string =>
  [important && 'important', action, match, condition && JSON.stringify(condition)].filter(Boolean).join(' ');

/** Reads a list given as text or bytes. */
export function read(list: string | Uint8Array): ListReport & { entries: string[] } {
  const written = new Written();
  const bytes = typeof list === 'string' ? new TextEncoder().encode(list) : list;
  return { ...parseList(bytes, written), entries: written.entries };
}
