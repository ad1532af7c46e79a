import { html, type TemplateResult } from 'lit';
import type { Route } from '../data/route.ts';

interface Page {
  /** Loads the page's element, the first time it is opened. */
  load(): Promise<unknown>;
  show(route: Route): TemplateResult;
}

/** Every page by its route; none is loaded before somebody goes there. */
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
