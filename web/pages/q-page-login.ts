import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { navigate } from '../data/navigate.ts';
import { sentenceOf } from '../data/problem.ts';
import { logIn, logInByLink } from '../data/service.ts';
import { type Visit, visitContext } from '../data/session.ts';
import { base, buttons, fields } from '../styles/shared.ts';

/** The way in for the owner. */
@customElement('q-page-login')
export class LoginPage extends LitElement {
  /** The secret part of a login link. */
  @property() link: string | undefined;
  @consume({ context: visitContext }) visit!: Visit;
  @state() private wrong = '';
  @state() private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.link) void this.#enter(logInByLink(this.link));
  }

  #logIn(event: SubmitEvent): void {
    event.preventDefault();
    void this.#enter(logIn(String(new FormData(event.target as HTMLFormElement).get('password'))));
  }

  async #enter(asked: Promise<unknown>): Promise<void> {
    this.busy = true;
    this.wrong = '';
    try {
      await asked;
      if (location.pathname === '/login') navigate('/', 'replace');
      await this.visit.renew();
    } catch (error) {
      this.wrong = sentenceOf(error);
    } finally {
      this.busy = false;
    }
  }

  override render() {
    return html`
      <img src="/quell.svg" alt="" width="56" height="56" />
      <h1>${msg('Welcome home')}</h1>
      <form @submit=${this.#logIn}>
        <input class="sr" type="text" name="username" autocomplete="username" value="owner" tabindex="-1" aria-hidden="true" readonly />
        <label>
          ${msg('Password')}
          <input name="password" type="password" autocomplete="current-password" required autofocus aria-describedby="wrong" />
        </label>
        <p class="wrong" id="wrong" role="alert">${this.wrong}</p>
        <button class="primary" ?disabled=${this.busy}>${msg('Log in')}</button>
      </form>
      <p class="small soft">${msg('Forgotten? On the machine that runs Quell, “quell login-link” prints a link that lets you in.')}</p>
    `;
  }

  static override styles = [
    base,
    buttons,
    fields,
    css`
      :host {
        display: grid;
        align-content: center;
        gap: var(--space-4);
        max-width: 22rem;
        min-height: 75dvh;
        margin-inline: auto;
      }
      .wrong:empty {
        display: none;
      }
    `,
  ];
}
