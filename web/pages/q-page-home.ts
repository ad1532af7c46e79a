import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { type Household, householdContext } from '../data/household.ts';
import { stateSentence, todayWords } from '../data/state-words.ts';
import { base, buttons } from '../styles/shared.ts';
import '../elements/q-device-card.ts';
import '../elements/q-empty.ts';
import '../elements/q-notices.ts';
import { arePhones } from '../data/phones.ts';

/** One sentence of state, what needs a person, then the phones. */
@customElement('q-page-home')
export class HomePage extends LitElement {
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  override render() {
    const { state, devices, problem } = this.household;
    if (!state) return problem ? html`<h1>${problem.message}</h1>` : html`<h1 class="sr">${msg('Home')}</h1>`;
    const phones = devices.filter(arePhones);
    return html`
      <header>
        <p class="brand" aria-hidden="true"><img src="/quell.svg" alt="" width="28" height="28" />Quell</p>
        <h1>${stateSentence(state, phones)}</h1>
        <p class="today soft">${state.store.reachable ? todayWords(state.today) : msg('Numbers are missing until the record is back.')}</p>
      </header>
      <q-notices></q-notices>
      ${
        phones.length === 0
          ? this.#empty()
          : html`<section aria-labelledby="phones">
              <h2 id="phones">${msg('Your phones')}</h2>
              <ul class="cards">
                ${repeat(
                  phones,
                  (device) => device.id,
                  (device) => html`<li><q-device-card .device=${device}></q-device-card></li>`,
                )}
              </ul>
            </section>`
      }
    `;
  }

  #empty() {
    return html`<q-empty icon="router" heading=${msg('No phone has asked yet')}>
      <p>${msg('Open your router’s settings and enter the address of this machine as the DNS server. Phones follow when they next join the Wi-Fi.')}</p>
      <a class="button primary" href="/setup">${msg('Show me how')}</a>
    </q-empty>`;
  }

  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-5);
      }
      header {
        display: grid;
        gap: var(--space-3);
      }
      .brand {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        font-weight: 680;
        letter-spacing: -0.01em;
      }
      h1 {
        max-width: 24ch;
        font-size: var(--text-sentence);
        letter-spacing: -0.025em;
      }
      .today {
        max-width: 44ch;
      }
      section {
        display: grid;
        gap: var(--space-3);
      }
      .cards {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr));
        gap: var(--space-4);
      }
      @media (min-width: 56rem) {
        .brand {
          display: none;
        }
      }
    `,
  ];
}
