import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type Household, householdContext } from '../data/household.ts';
import { navigate } from '../data/navigate.ts';
import { sentenceOf } from '../data/problem.ts';
import { setUp } from '../data/service.ts';
import { type Visit, visitContext } from '../data/session.ts';
import { phones as phonesWord } from '../data/words.ts';
import { base, buttons, fields } from '../styles/shared.ts';
import '../elements/q-device-row.ts';
import '../elements/q-icon.ts';
import '../elements/q-router-steps.ts';
import { arePhones, hasAsked } from '../data/phones.ts';

/** From the one-time link to the first phone: a password, the router, and a look at who arrives. */
@customElement('q-page-setup')
export class SetupPage extends LitElement {
  /** The secret part of the link that was printed at first start. */
  @property() token: string | undefined;
  @consume({ context: visitContext, subscribe: true }) visit!: Visit;
  @consume({ context: householdContext, subscribe: true }) household!: Household;
  @state() private wrong = '';
  @state() private busy = false;

  async #choose(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    if (given.get('password') !== given.get('again')) {
      this.wrong = msg('The two passwords differ.');
      return;
    }
    this.busy = true;
    this.wrong = '';
    try {
      await setUp(this.token!, String(given.get('password')));
      navigate('/setup', 'replace');
      await this.visit.renew();
    } catch (error) {
      this.wrong = sentenceOf(error);
    } finally {
      this.busy = false;
    }
  }

  override render() {
    if (this.visit.session.setUp) return this.visit.session.role === 'owner' ? this.#router() : this.#done();
    return this.token ? this.#password() : this.#linkNeeded();
  }

  #linkNeeded() {
    return html`${this.#head(msg('Quell is almost ready'))}
      <p>${msg('Open the set-up link that Quell printed when it started. It works once, so that nobody else on your network can take over.')}</p>
      <p class="soft">${msg('Lost it? On the machine that runs Quell, “quell login-link” prints a new one.')}</p>`;
  }

  #done() {
    return html`${this.#head(msg('Quell is set up'))}
      <p>${msg('This link has been used.')}</p>
      <a class="button primary" href="/login">${msg('Log in')}</a>`;
  }

  #password() {
    return html`${this.#head(msg('Choose a password'))} ${this.#progress(1)}
      <p class="soft">${msg('Whoever has it decides what is blocked at your home.')}</p>
      <form @submit=${this.#choose}>
        <input class="sr" type="text" name="username" autocomplete="username" value="owner" tabindex="-1" aria-hidden="true" readonly />
        <div>
          <label>
            ${msg('Password')}
            <input name="password" type="password" autocomplete="new-password" minlength="8" maxlength="256" required autofocus aria-describedby="hint" />
          </label>
          <p class="hint" id="hint">${msg('At least 8 characters; three or four words make a good one.')}</p>
        </div>
        <label>
          ${msg('Once more')}
          <input name="again" type="password" autocomplete="new-password" required aria-describedby="wrong" />
        </label>
        <p class="wrong" id="wrong" role="alert">${this.wrong}</p>
        <button class="primary" ?disabled=${this.busy}>${msg('Go on')}</button>
      </form>`;
  }

  #router() {
    const seen = this.household.devices;
    const phones = seen.filter((device) => arePhones(device) && hasAsked(device));
    return html`${this.#head(msg('Point your router here'))} ${this.#progress(phones.length > 0 ? 3 : 2)}
      <q-router-steps></q-router-steps>
      <section aria-live="polite">
        <h2>${phones.length > 0 ? msg('There they are') : msg('Waiting for the first phone…')}</h2>
        ${
          phones.length > 0
            ? html`<p>${phonesWord(phones.length)}</p>
                <div class="rows">${phones.map((device) => html`<q-device-row .device=${device}></q-device-row>`)}</div>`
            : html`<p class="soft">
                ${seen.length > 0 ? msg('Only other devices have asked so far. If your router is the only one, it asks for everybody: enter the address under DHCP, not under internet.') : msg('This page notices by itself.')}
              </p>`
        }
        <a class=${phones.length > 0 ? 'button primary' : 'button'} href="/">${phones.length > 0 ? msg('Done') : msg('Later')}</a>
      </section>`;
  }

  #head(heading: string) {
    return html`<img src="/quell.svg" alt="" width="48" height="48" /><h1>${heading}</h1>`;
  }

  #progress(step: 1 | 2 | 3) {
    const words = [msg('Password'), msg('Router'), msg('First phone')];
    return html`<ol class="progress small">
      ${words.map(
        (
          word,
          index,
        ) => html`<li class=${index < step ? 'reached' : 'soft'} aria-current=${index + 1 === step ? 'step' : 'false'}>
          ${index + 1 < step ? html`<q-icon name="check"></q-icon>` : ''}${word}
        </li>`,
      )}
    </ol>`;
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
        max-width: 32rem;
        margin-inline: auto;
      }
      .wrong:empty {
        display: none;
      }
      .button {
        justify-self: start;
      }
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
        padding-block-start: var(--space-3);
      }
      .rows {
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: var(--round-2);
        overflow: clip;
      }
      .rows > * + * {
        border-top: 1px solid var(--line);
      }
      .progress {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: var(--space-2);
      }
      .progress li {
        padding-block-start: var(--space-2);
        border-top: 0.25rem solid var(--line);
        font-weight: 600;
      }
      .progress .reached {
        border-color: var(--accent);
      }
    `,
  ];
}
