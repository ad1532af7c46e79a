/** The first language that the reader wants and the page speaks. */
export function bestLanguage(wanted: readonly string[], spoken: readonly string[]): string {
  for (const tag of wanted) {
    const found = spoken.find((each) => each === tag) ?? spoken.find((each) => each === tag.split('-')[0]);
    if (found) return found;
  }
  return 'en';
}
