import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { act, notify } from '../data/act.ts';
import { sentenceOf } from '../data/problem.ts';
import { changePassword, logOut } from '../data/service.ts';
import { type Visit, visitContext } from '../data/session.ts';
import { base, buttons, fields } from '../styles/shared.ts';
import './q-icon.ts';

/** The owner's password and the way out. */
@customElement('q-account')
export class Account extends LitElement {
  @consume({ context: visitContext }) visit!: Visit;

  async #change(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const given = new FormData(form);
    const current = String(given.get('current'));
    let changed = false;
    const change = changePassword(current, String(given.get('password'))).then((done) => {
      changed = true;
      return done;
    });
    await act(this, change, msg('The password is changed; everybody else is logged out'));
    if (changed) form.reset();
  }

  async #leave(): Promise<void> {
    try {
      await logOut();
      await this.visit.renew();
    } catch (error) {
      notify(this, { sentence: sentenceOf(error), tone: 'failed' });
    }
  }

  override render() {
    return html`
      <form @submit=${this.#change}>
        <input class="sr" type="text" name="username" autocomplete="username" value="owner" tabindex="-1" aria-hidden="true" readonly />
        <label>${msg('Current password')}<input name="current" type="password" autocomplete="current-password" /></label>
        <label>${msg('New password')}<input name="password" type="password" autocomplete="new-password" minlength="8" maxlength="256" required /></label>
        <button>${msg('Change password')}</button>
      </form>
      <button class="out" @click=${this.#leave}><q-icon name="leave"></q-icon>${msg('Log out')}</button>
    `;
  }

  static override styles = [
    base,
    buttons,
    fields,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-5);
      }
      button {
        justify-self: start;
      }
    `,
  ];
}
