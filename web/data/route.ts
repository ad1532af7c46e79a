/** The pages of the product by their address. */
export type Route =
  | { readonly page: 'setup'; readonly token?: string }
  | { readonly page: 'login'; readonly link?: string }
  | { readonly page: 'home' }
  | { readonly page: 'phones' }
  | { readonly page: 'phone'; readonly id: string }
  | {
      readonly page: 'activity';
      readonly device?: string;
      readonly purpose?: string;
      readonly outcome?: string;
      readonly domain?: string;
    }
  | { readonly page: 'packs' }
  | { readonly page: 'settings'; readonly section?: string }
  | { readonly page: 'me' }
  | { readonly page: 'missing' };

const one = (query: URLSearchParams, name: string) => query.get(name) ?? undefined;

export function route(address: URL): Route {
  const query = address.searchParams;
  const [first, second, third] = address.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  if (third !== undefined) return { page: 'missing' };
  switch (first) {
    case undefined:
      return { page: 'home' };
    case 'phones':
      return second === undefined ? { page: 'phones' } : { page: 'phone', id: second };
    case 'activity':
      return {
        page: 'activity',
        device: one(query, 'device'),
        purpose: one(query, 'purpose'),
        outcome: one(query, 'outcome'),
        domain: one(query, 'domain'),
      };
    case 'setup':
      return { page: 'setup', token: one(query, 'token') };
    case 'settings':
      return { page: 'settings', section: second };
    case 'login':
      return { page: 'login', link: one(query, 'link') };
    case 'packs':
    case 'me':
      return { page: first };
    default:
      return { page: 'missing' };
  }
}

/** Address of the log with the given filters; those left out are not filtered by. */
export function activityPath(filter: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
  return query.size > 0 ? `/activity?${query}` : '/activity';
}
