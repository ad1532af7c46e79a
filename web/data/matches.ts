import type { Row } from './model.ts';

/** Whether a row of the live stream belongs under the filters that the page shows. */
export function matches(
  row: Row,
  filter: { readonly device?: string; readonly purpose?: string; readonly outcome?: string; readonly domain?: string },
): boolean {
  return (
    (filter.device === undefined || filter.device === row.device) &&
    (filter.purpose === undefined || filter.purpose === row.purpose) &&
    (filter.outcome === undefined || filter.outcome === row.outcome) &&
    (filter.domain === undefined || nameMatches(row.domain, filter.domain))
  );
}

/** `*.name` means the name and all below it. */
function nameMatches(name: string, wanted: string): boolean {
  if (!wanted.startsWith('*.')) return name === wanted;
  const suffix = wanted.slice(2);
  return name === suffix || name.endsWith(`.${suffix}`);
}
