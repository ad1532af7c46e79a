import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { languages, speak } from '../data/locale.ts';
import { spoken } from '../data/words.ts';
import { base, buttons, fields } from '../styles/shared.ts';
import '../elements/q-account.ts';
import '../elements/q-history.ts';
import '../elements/q-household-settings.ts';
import '../elements/q-icon.ts';
import type { IconName } from '../elements/icons.ts';
import '../elements/q-people.ts';
import '../elements/q-resolvers.ts';
import '../elements/q-router-steps.ts';
import '../elements/q-sources.ts';
import '../elements/q-tokens.ts';

const nameOfLanguage = (tag: string): string => new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag;

/** Rows that fold out, the most used first. */
@customElement('q-page-settings')
export class SettingsPage extends LitElement {
  override render() {
    return html`
      <h1>${msg('Settings')}</h1>
      <div class="rows">
        ${this.#row('shield', msg('Protection'), msg('What new phones get, and how a blocked look-up is answered'), html`<q-household-settings about="protection"></q-household-settings>`)}
        ${this.#row('people', msg('People'), msg('Who lives here, and whose phone is whose'), html`<q-people></q-people>`)}
        ${this.#row('clock', msg('Privacy'), msg('How long attempts are kept'), html`<q-household-settings about="privacy"></q-household-settings>`)}
        ${this.#row('undo', msg('What changed'), msg('The last decisions, and a way back from each'), html`<q-history></q-history>`)}
        ${this.#row('router', msg('Router'), msg('The address that your router gives to phones'), html`<q-router-steps></q-router-steps>`)}
        ${this.#row('list', msg('Resolvers'), msg('The machines that answer your phones, and how they are'), html`<q-resolvers></q-resolvers>`)}
        ${this.#row('phone', msg('Telling phones apart'), msg('What helps with it in your network, and how well'), html`<q-sources></q-sources>`)}
        ${this.#row('lock', msg('Password'), msg('Change it, or log out here'), html`<q-account></q-account>`)}
        ${this.#row('key', msg('Keys for programs'), msg('Let other programs read or change things'), html`<q-tokens></q-tokens>`)}
        ${languages.length > 1 ? this.#row('language', msg('Language'), nameOfLanguage(spoken().split('-')[0]!), this.#language()) : ''}
      </div>
    `;
  }

  #row(icon: IconName, title: string, sentence: string, body: unknown) {
    return html`<details>
      <summary>
        <q-icon name=${icon}></q-icon>
        <div><h2>${title}</h2><p class="small soft">${sentence}</p></div>
        <q-icon class="turn" name="down"></q-icon>
      </summary>
      <div class="body">${body}</div>
    </details>`;
  }

  #language() {
    return html`<label>
      ${msg('Language')}
      <select @change=${(event: Event) => speak((event.target as HTMLSelectElement).value)}>
        ${languages.map((tag) => html`<option value=${tag} ?selected=${spoken().split('-')[0] === tag.split('-')[0]}>${nameOfLanguage(tag)}</option>`)}
      </select>
    </label>`;
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
        max-width: 42rem;
      }
      .rows {
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: var(--round-2);
        box-shadow: var(--shadow);
        overflow: clip;
      }
      details + details {
        border-top: 1px solid var(--line);
      }
      summary {
        display: flex;
        align-items: center;
        gap: var(--space-4);
        padding: var(--space-3) var(--space-4);
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary:hover {
        background: var(--sunken);
      }
      summary:focus-visible {
        outline-offset: -3px;
      }
      summary > q-icon {
        color: var(--accent);
      }
      summary > div {
        flex: 1;
        min-width: 0;
      }
      summary > .turn {
        color: var(--ink-soft);
        transition: rotate var(--quick);
      }
      [open] > summary > .turn {
        rotate: 180deg;
      }
      h2 {
        font-size: var(--text-body);
      }
      .body {
        padding: var(--space-2) var(--space-4) var(--space-5);
      }
    `,
  ];
}
