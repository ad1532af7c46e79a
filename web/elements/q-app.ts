import { ContextProvider } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { Notification } from '../data/act.ts';
import { HouseholdKeeper } from '../data/household.ts';
import { Live, liveContext } from '../data/live.ts';
import type { Session } from '../data/model.ts';
import { clickedPath, navigate } from '../data/navigate.ts';
import { Problem, unreachable } from '../data/problem.ts';
import { type Route, route } from '../data/route.ts';
import { getSession } from '../data/service.ts';
import { admit, visitContext } from '../data/session.ts';
import { loadTheRest, pages } from '../pages/pages.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-nav.ts';
import './q-sheets.ts';
import type { Sheets } from './q-sheets.ts';
import './q-toasts.ts';
import type { Toasts } from './q-toasts.ts';

/** The shell: who is here, which page, the five places around it, and what just happened at its foot. */
@customElement('q-app')
export class App extends LitElement {
  @state() private session: Session | undefined;
  @state() private route: Route = route(new URL(location.href));
  @query('q-toasts') private toasts!: Toasts;
  @query('q-sheets') private sheets!: Sheets;
  @query('main') private main!: HTMLElement;

  readonly #live = new Live();
  readonly #keeper = new HouseholdKeeper(this, this.#live, () => void this.#renew().catch(() => {}));
  readonly #visit = new ContextProvider(this, { context: visitContext });
  #shown = '';

  readonly #load = new Task(this, {
    args: () => [this.session, this.route] as const,
    task: async ([known, wanted]) => {
      const session = known ?? (await this.#renew());
      const admitted = admit(session, wanted);
      await pages[admitted.page].load();
      if (session.role === 'owner' || session.role === 'token') void loadTheRest();
      return admitted;
    },
  });

  constructor() {
    super();
    new ContextProvider(this, { context: liveContext, initialValue: this.#live });
    this.addEventListener('q-notify', (event) => this.#notify(event.detail));
    this.addEventListener('q-sheet', (event) => void this.sheets.open(event.detail));
    this.addEventListener('q-undone', () => void this.#keeper.reload());
    this.addEventListener('click', (event) => this.#follow(event));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('popstate', this.#moved);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('popstate', this.#moved);
  }

  readonly #moved = () => {
    this.route = route(new URL(location.href));
  };

  #follow(event: MouseEvent): void {
    const path = clickedPath(event);
    if (path === undefined) return;
    event.preventDefault();
    navigate(path);
  }

  async #renew(): Promise<Session> {
    const session = await getSession();
    this.#visit.setValue({ session, renew: async () => void (await this.#renew()) });
    this.session = session;
    if (session.role === 'owner' || session.role === 'token') this.#keeper.start();
    else this.#keeper.stop();
    if (session.role === 'member') void this.#keeper.learnPurposes();
    return session;
  }

  #notify(notification: Notification): void {
    this.toasts.show(notification);
    if (this.#keeper.current.state) void this.#keeper.reload();
  }

  /** A new page starts at its top, with the reader's focus on its heading. */
  async #arrive(): Promise<void> {
    const address = location.pathname;
    const first = this.#shown === '';
    if (this.#shown === address) return;
    this.#shown = address;
    const page = this.main?.firstElementChild as LitElement | null;
    await page?.updateComplete;
    const heading = page?.shadowRoot?.querySelector('h1');
    document.title = heading?.textContent ? `${heading.textContent.trim()} · Quell` : 'Quell';
    if (first || !heading) return;
    scrollTo(0, 0);
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  protected override updated(_changed: PropertyValues): void {
    if (this.#load.value) void this.#arrive();
  }

  override render() {
    return this.#load.render({
      initial: () => html``,
      pending: () =>
        this.#load.value
          ? this.#frame(this.#load.value)
          : html`<p class="wait" role="status">${msg('One moment…')}</p>`,
      complete: (admitted) => this.#frame(admitted),
      error: (error) => html`<main class="alone wait">
        <h1>${msg('Quell is out of reach')}</h1>
        <p>${(error instanceof Problem ? error : unreachable()).message}</p>
        <button class="primary" @click=${() => this.#tryAgain(error)}>${msg('Try again')}</button>
      </main>`,
    });
  }

  /** A file of the page that could not be had the browser never asks for again, until all of it is loaded anew. */
  async #tryAgain(error: unknown): Promise<void> {
    if (error instanceof Problem) return this.#load.run();
    const isBack = await getSession().then(
      () => true,
      () => false,
    );
    if (isBack) location.reload();
  }

  #frame(admitted: Route) {
    const owner =
      this.session?.setUp &&
      (this.session.role === 'owner' || this.session.role === 'token') &&
      admitted.page !== 'setup';
    return html`
      <header><button class="skip" @click=${this.#skip}>${msg('Skip to the page')}</button></header>
      <div class=${owner ? 'frame' : 'alone'}>
        ${owner ? html`<q-nav .place=${location.pathname.split('/')[1] ?? ''}></q-nav>` : ''}
        <main id="page" tabindex="-1">${pages[admitted.page].show(admitted)}</main>
      </div>
      ${admitted.page === 'login' ? '' : html`<q-sheets></q-sheets>`}
      <q-toasts></q-toasts>
    `;
  }

  #skip(): void {
    this.main.focus();
  }

  static override styles = [
    base,
    buttons,
    css`
      main {
        display: block;
        max-width: 64rem;
        padding: var(--space-5) var(--space-4) 7rem;
        margin-inline: auto;
        outline: none;
      }
      .alone main,
      main.alone {
        max-width: 32rem;
      }
      .wait {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: var(--space-4);
        min-height: 80dvh;
        padding: var(--space-4);
        color: var(--ink-soft);
        text-align: center;
      }
      .wait h1 {
        color: var(--ink);
      }
      p.wait {
        animation: appear var(--calm) 400ms backwards;
      }
      q-nav {
        position: fixed;
        inset: auto 0 0 0;
        z-index: 4;
      }
      .skip {
        position: absolute;
        inset-block-start: -4rem;
        z-index: 9;
      }
      .skip:focus {
        inset-block-start: 0;
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
      @media (min-width: 56rem) {
        .frame {
          padding-inline-start: 15rem;
        }
        q-nav {
          inset: 0 auto 0 0;
          width: 15rem;
        }
        main {
          padding: var(--space-6) var(--space-6) var(--space-7);
        }
      }
    `,
  ];
}
