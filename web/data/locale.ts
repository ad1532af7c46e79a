/// <reference types="vite/client" />
import { configureLocalization } from '@lit/localize';
import { generateMsgId } from '@lit/localize/internal/id-generation.js';
import { bestLanguage } from './language.ts';

/** English is what the source says; every other language is a file of `web/locales`, by its tag. */
const files = import.meta.glob<{ default: Readonly<Record<string, string>> }>('../locales/*.ts');
const tagOf = (path: string) => path.slice('../locales/'.length, -'.ts'.length);

export const languages: readonly string[] = ['en', ...Object.keys(files).map(tagOf)];

const kept = 'quell-language';

const { setLocale } = configureLocalization({
  sourceLocale: 'en',
  targetLocales: languages.slice(1),
  loadLocale: async (tag) => {
    const { default: phrases } = await files[`../locales/${tag}.ts`]!();
    return {
      templates: Object.fromEntries(
        Object.entries(phrases).map(([english, translated]) => [generateMsgId(english, false), translated]),
      ),
    };
  },
});

export async function speakReadersLanguage(): Promise<void> {
  const chosen = localStorage.getItem(kept);
  const tag = bestLanguage(chosen ? [chosen, ...navigator.languages] : navigator.languages, languages);
  // Regional habits of writing numbers and times stay, where the language is the reader's own.
  document.documentElement.lang = navigator.languages.find((each) => each.split('-')[0] === tag.split('-')[0]) ?? tag;
  if (tag !== 'en') await setLocale(tag).catch(() => undefined);
}

/** Words are written once per load, so a change of language loads the page anew. */
export function speak(tag: string): void {
  localStorage.setItem(kept, tag);
  location.reload();
}
