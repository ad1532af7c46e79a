import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task, TaskStatus } from '@lit/task';
import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { notify } from '../data/act.ts';
import { fold } from '../data/fold.ts';
import { type Household, householdContext } from '../data/household.ts';
import { Lately } from '../data/lately.ts';
import { type Live, liveContext } from '../data/live.ts';
import { asRow, type Outcome, type PurposeId, type Row } from '../data/model.ts';
import { navigate } from '../data/navigate.ts';
import { sentenceOf } from '../data/problem.ts';
import { activityPath } from '../data/route.ts';
import { type AttemptQuery, getAttempts } from '../data/service.ts';
import { base, buttons, fields } from '../styles/shared.ts';
import '../elements/q-empty.ts';
import type { FoldLine } from '../elements/q-fold.ts';
import '../elements/q-fold.ts';
import '../elements/q-icon.ts';
import '../elements/q-live.ts';
import { matches } from '../data/matches.ts';

export interface ActivityFilter {
  readonly device?: string;
  readonly purpose?: string;
  readonly outcome?: string;
  readonly domain?: string;
}

/** The log, folded and live; its filters are its address. Keys: / search, j k move, a allow. */
@customElement('q-page-activity')
export class ActivityPage extends LitElement {
  @property({ attribute: false }) filter: ActivityFilter = {};
  @consume({ context: householdContext, subscribe: true }) household!: Household;
  @consume({ context: liveContext }) live!: Live;
  @state() private rows: readonly Row[] = [];
  @state() private next: string | undefined;
  @state() private older = false;
  readonly #lately = new Lately();
  #deaf = () => {};

  readonly #load = new Task(this, {
    args: () => [JSON.stringify(this.#query)] as const,
    task: async (_, { signal }) => {
      const page = await getAttempts(this.#query);
      // What was asked for since then takes its place, though it may have been answered sooner.
      signal.throwIfAborted();
      this.rows = this.#lately.completed(page.attempts.map(asRow), performance.now());
      this.next = page.next;
    },
  });

  get #query(): AttemptQuery {
    const { device, purpose, outcome, domain } = this.filter;
    return {
      ...(device ? { device } : {}),
      ...(purpose ? { purpose: purpose as PurposeId } : {}),
      ...(outcome ? { outcome: outcome as Outcome } : {}),
      ...(domain ? { domain } : {}),
    };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.#keyed);
    const heard = (row: Row) => {
      if (!matches(row, this.filter)) return;
      this.#lately.add(row, performance.now());
      this.rows = [row, ...this.rows];
    };
    this.#deaf = this.live.listen({
      heard,
      opened: () => void this.#load.run(),
      connected: (isConnected) => isConnected && this.#load.error && void this.#load.run(),
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.#keyed);
    this.#deaf();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('filter')) return;
    this.rows = [];
    this.next = undefined;
    this.#lately.clear();
  }

  async #more(): Promise<void> {
    this.older = true;
    const { next } = this;
    try {
      const page = await getAttempts({ ...this.#query, cursor: next });
      // The log was read anew meanwhile: this page doesn't follow on what is shown.
      if (this.next !== next) return;
      this.rows = [...this.rows, ...page.attempts.map(asRow)];
      this.next = page.next;
    } catch (error) {
      notify(this, { sentence: sentenceOf(error), tone: 'failed' });
    } finally {
      this.older = false;
    }
  }

  #set(part: ActivityFilter): void {
    navigate(activityPath({ ...this.#query, ...part } as Record<string, string | undefined>), 'replace');
  }

  #search(event: SubmitEvent): void {
    event.preventDefault();
    const text = String(new FormData(event.target as HTMLFormElement).get('domain'))
      .trim()
      .toLowerCase();
    this.#set({ domain: text || undefined });
  }

  readonly #keyed = (event: KeyboardEvent) => {
    const typing =
      event.composedPath()[0] instanceof HTMLElement &&
      (event.composedPath()[0] as HTMLElement).matches('input, select, textarea');
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    const lines = [...this.renderRoot.querySelectorAll<FoldLine>('q-fold')];
    const at = lines.findIndex((line) => line.matches(':focus-within'));
    const go = (to: number) =>
      lines[Math.max(0, Math.min(lines.length - 1, to))]?.renderRoot.querySelector('button')?.focus();
    if (event.key === '/') {
      event.preventDefault();
      this.renderRoot.querySelector<HTMLInputElement>('input[name=domain]')?.focus();
    } else if (event.key === 'j') go(at + 1);
    else if (event.key === 'k') go(at - 1);
    else if (event.key === 'a' && at >= 0 && lines[at]!.fold.blocked) lines[at]!.allow();
  };

  override render() {
    const folds = fold(this.rows);
    return html`
      <header class="row">
        <h1>${msg('Activity')}</h1>
        <q-live></q-live>
      </header>
      ${this.#filters()}
      ${this.#load.error && folds.length === 0 ? html`<p role="alert">${sentenceOf(this.#load.error)}</p>` : ''}
      ${
        folds.length > 0
          ? html`<ul class="rows" aria-label=${msg('Attempts, newest first')}>
              ${repeat(
                folds,
                (each) => each.key,
                (each) => html`<li><q-fold owner .fold=${each}></q-fold></li>`,
              )}
            </ul>`
          : ''
      }
      ${folds.length === 0 && this.#load.status === TaskStatus.COMPLETE ? this.#empty() : ''}
      ${this.next ? html`<div class="row end"><button ?disabled=${this.older} @click=${this.#more}>${msg('Show older')}</button></div>` : ''}
    `;
  }

  #empty() {
    const filtered = Object.keys(this.#query).length > 0;
    return html`<q-empty icon=${filtered ? 'search' : 'activity'} heading=${filtered ? msg('Nothing like that was tried') : msg('All quiet')}>
      <p>${filtered ? msg('Try fewer filters, or *.name for a name and all below it.') : msg('What a phone tries to report shows up here the moment it happens.')}</p>
      ${filtered ? html`<a class="button" href="/activity">${msg('Show everything')}</a>` : ''}
    </q-empty>`;
  }

  #filters() {
    const choose = (name: keyof ActivityFilter) => (event: Event) =>
      this.#set({ [name]: (event.target as HTMLSelectElement).value || undefined });
    const options = (chosen: string | undefined, all: readonly (readonly [value: string, word: string])[]) =>
      all.map(([value, word]) => html`<option value=${value} ?selected=${(chosen ?? '') === value}>${word}</option>`);
    return html`<div class="filters">
      <label>
        <span class="sr">${msg('Phone')}</span>
        <select @change=${choose('device')}>
          ${options(this.filter.device, [['', msg('All phones')], ...this.household.devices.map((device) => [device.id, device.name] as const)])}
        </select>
      </label>
      <label>
        <span class="sr">${msg('Purpose')}</span>
        <select @change=${choose('purpose')}>
          ${options(this.filter.purpose, [['', msg('All purposes')], ...this.household.purposes.map((purpose) => [purpose.id, msg(purpose.title)] as const)])}
        </select>
      </label>
      <label>
        <span class="sr">${msg('What became of it')}</span>
        <select @change=${choose('outcome')}>
          ${options(this.filter.outcome, [
            ['', msg('Blocked or not')],
            ['blocked', msg('Blocked')],
            ['forwarded', msg('Let through')],
            ['cached', msg('Let through, from memory')],
            ['failed', msg('Failed')],
          ])}
        </select>
      </label>
      <form role="search" @submit=${this.#search}>
        <label>
          <span class="sr">${msg('Name')}</span>
          <input name="domain" type="search" .value=${this.filter.domain ?? ''} placeholder=${msg('Name, or *.name')} autocapitalize="none" autocomplete="off" spellcheck="false" />
        </label>
        <button class="round" aria-label=${msg('Search')}><q-icon name="search"></q-icon></button>
      </form>
    </div>`;
  }

  static override styles = [
    base,
    buttons,
    fields,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
      }
      header {
        justify-content: space-between;
      }
      .filters {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(9.5rem, 100%), 1fr));
        gap: var(--space-2);
      }
      .filters form {
        display: flex;
        gap: var(--space-2);
      }
      .filters form label {
        flex: 1;
        min-width: 0;
      }
      .rows {
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: var(--round-2);
        box-shadow: var(--shadow);
        overflow: clip;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      li {
        content-visibility: auto;
        contain-intrinsic-size: auto 4.5rem;
      }
      .end {
        justify-content: center;
      }
    `,
  ];
}
