import { msg } from '@lit/localize';

/** The language that the page speaks now, for `Intl`. */
export const spoken = (): string => globalThis.document?.documentElement.lang || 'en';

/** Puts values where a sentence names them: `fill(msg('{count} phones'), { count: 3 })`. */
export const fill = (sentence: string, values: Readonly<Record<string, string | number>>): string =>
  sentence.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));

/** Chooses the form that the language wants for a number, and fills it in as `{count}`. */
export function counted(
  count: number,
  forms: { readonly one: string; readonly other: string },
  locale = spoken(),
): string {
  const form = new Intl.PluralRules(locale).select(count) === 'one' ? forms.one : forms.other;
  return fill(form, { count: new Intl.NumberFormat(locale).format(count) });
}

/** "a, b and c" */
export const listed = (words: readonly string[], locale = spoken()): string =>
  new Intl.ListFormat(locale).format(words);

export const phones = (count: number): string =>
  counted(count, { one: msg('{count} phone'), other: msg('{count} phones') });
export const attempts = (count: number): string =>
  counted(count, { one: msg('{count} attempt'), other: msg('{count} attempts') });
