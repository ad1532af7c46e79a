import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { coverageSentence } from '../data/coverage-words.ts';
import { type Household, householdContext } from '../data/household.ts';
import { sentenceOf } from '../data/problem.ts';
import { getMe } from '../data/service.ts';
import { type Visit, visitContext } from '../data/session.ts';
import { openSheet } from '../data/sheets.ts';
import { todayWords } from '../data/state-words.ts';
import { base, buttons } from '../styles/shared.ts';
import '../elements/q-coverage.ts';
import '../elements/q-empty.ts';
import '../elements/q-icon.ts';
import '../elements/q-pause.ts';
import '../elements/q-purposes.ts';
import '../elements/q-recipes.ts';

const everyMs = 5000;

/** What a member of the household sees: this phone, and what they may do about it. */
@customElement('q-page-me')
export class MePage extends LitElement {
  @consume({ context: visitContext, subscribe: true }) visit!: Visit;
  @consume({ context: householdContext, subscribe: true }) household!: Household;
  #beat: ReturnType<typeof setInterval> | undefined;

  readonly #load = new Task(this, { args: () => [], task: () => getMe() });

  readonly #again = () => {
    if (!document.hidden) void this.#load.run();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.#beat = setInterval(this.#again, everyMs);
    this.addEventListener('q-notify', this.#again);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#beat);
    this.removeEventListener('q-notify', this.#again);
  }

  override render() {
    const me = this.#load.value;
    if (!me) return html`<h1>${this.#load.error ? sentenceOf(this.#load.error) : msg('This phone')}</h1>`;
    const { device, may } = me;
    if (!device) {
      return html`<h1>${msg('This phone')}</h1>
        <q-empty icon="phone" heading=${msg('Quell does not know this phone yet')}>
          <p>${msg('Switch its Wi-Fi off and on, open any page, then come back.')}</p>
        </q-empty>
        <a href="/login">${msg('Log in as owner')}</a>`;
    }
    return html`
      <header>
        <p class="small soft">${msg('This phone')}</p>
        <h1>${device.name}</h1>
        <q-coverage .state=${device.coverage.state}></q-coverage>
      </header>
      <p>${coverageSentence(device.coverage)}</p>
      ${device.today ? html`<p class="big">${todayWords(device.today)}</p>` : ''}
      ${may.pause ? html`<q-pause .device=${device} .longest=${may.maxMinutes ?? Number.POSITIVE_INFINITY}></q-pause>` : ''}
      ${
        may.allow
          ? html`<button @click=${() => openSheet(this, { sheet: 'broke', device: device.id })}>
              <q-icon name="broken"></q-icon>${msg('Something broke')}
            </button>`
          : ''
      }
      ${may.allow ? html`<q-recipes .device=${device}></q-recipes>` : ''}
      ${
        this.household.purposes.length > 0
          ? html`<section>
              <h2>${msg('What is blocked here')}</h2>
              <q-purposes .device=${device} ?fixed=${!may.change}></q-purposes>
            </section>`
          : ''
      }
      ${this.visit.session.role === 'owner' ? '' : html`<p class="small"><a href="/login">${msg('Log in as owner')}</a></p>`}
    `;
  }

  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
      }
      header {
        display: grid;
        justify-items: start;
        gap: var(--space-2);
      }
      .big {
        font-size: var(--text-large);
        font-weight: 550;
      }
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
      }
    `,
  ];
}
