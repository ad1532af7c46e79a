import { html, type TemplateResult } from 'lit';
import type { Route } from '../data/route.ts';
import type { Sheet } from '../data/sheets.ts';

interface Page {
  /** Loads the page's element, the first time it is opened. */
  load(): Promise<unknown>;
  show(route: Route): TemplateResult;
}

/** Every page by its route; none is loaded before the first that somebody wants to see. */
export const pages: Readonly<Record<Route['page'], Page>> = {
  setup: {
    load: () => import('./q-page-setup.ts'),
    show: (route) => html`<q-page-setup .token=${route.page === 'setup' ? route.token : undefined}></q-page-setup>`,
  },
  login: {
    load: () => import('./q-page-login.ts'),
    show: (route) => html`<q-page-login .link=${route.page === 'login' ? route.link : undefined}></q-page-login>`,
  },
  home: { load: () => import('./q-page-home.ts'), show: () => html`<q-page-home></q-page-home>` },
  phones: { load: () => import('./q-page-phones.ts'), show: () => html`<q-page-phones></q-page-phones>` },
  phone: {
    load: () => import('./q-page-phone.ts'),
    show: (route) => html`<q-page-phone .device=${route.page === 'phone' ? route.id : ''}></q-page-phone>`,
  },
  activity: {
    load: () => import('./q-page-activity.ts'),
    show: (route) => html`<q-page-activity .filter=${route.page === 'activity' ? route : {}}></q-page-activity>`,
  },
  packs: { load: () => import('./q-page-packs.ts'), show: () => html`<q-page-packs></q-page-packs>` },
  settings: { load: () => import('./q-page-settings.ts'), show: () => html`<q-page-settings></q-page-settings>` },
  me: { load: () => import('./q-page-me.ts'), show: () => html`<q-page-me></q-page-me>` },
  missing: { load: () => import('./q-page-missing.ts'), show: () => html`<q-page-missing></q-page-missing>` },
};

/** Load what slides over pages. */
export const sheets: Readonly<Record<Sheet['sheet'], () => Promise<unknown>>> = {
  broke: () => import('../elements/q-broke.ts'),
  name: () => import('../elements/q-name-card.ts'),
};

/** Loads what the reader may want next: by then Quell may be away, or a newer one whose files have other names. */
export async function loadTheRest(): Promise<void> {
  await Promise.allSettled([
    ...Object.values(pages).map(({ load }) => load()),
    ...Object.values(sheets).map((load) => load()),
  ]);
}
