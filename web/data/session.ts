import { createContext } from '@lit/context';
import type { Session } from './model.ts';
import type { Route } from './route.ts';

/** Who looks at the page, and how to ask again after that changed. */
export interface Visit {
  readonly session: Session;
  renew(): Promise<void>;
}

export const visitContext = createContext<Visit>('visit');

/** The page a visitor gets for an address: members see their own phone, strangers the way in. */
export function admit(session: Session, wanted: Route): Route {
  if (wanted.page === 'setup') return wanted;
  if (!session.setUp) return { page: 'setup' };
  switch (session.role) {
    case 'owner':
    case 'token':
      return wanted.page === 'login' ? { page: 'home' } : wanted;
    case 'member':
      return wanted.page === 'login' ? wanted : { page: 'me' };
    default:
      return { page: 'login' };
  }
}
