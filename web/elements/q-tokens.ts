import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import type { Token } from '../data/model.ts';
import { createToken, getTokens, removeToken } from '../data/service.ts';
import { ago } from '../data/time.ts';
import { fill, spoken } from '../data/words.ts';
import { base, buttons, fields } from '../styles/shared.ts';

/** Keys with which other programs act for the owner; a new one is shown once. */
@customElement('q-tokens')
export class Tokens extends LitElement {
  @state() private fresh = '';

  readonly #load = new Task(this, { args: () => [], task: () => getTokens() });

  async #create(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const given = new FormData(form);
    const created = await act(
      this,
      createToken(String(given.get('name')), [String(given.get('scope'))]),
      msg('The key is made'),
    );
    if (!created) return;
    this.fresh = created.token;
    form.reset();
    await this.#load.run();
  }

  async #remove({ id, name }: Token): Promise<void> {
    await act(this, removeToken(id), fill(msg('{name} can no longer get in'), { name }));
    await this.#load.run();
  }

  #may(scopes: readonly string[]): string {
    if (scopes.includes('admin')) return msg('may do everything');
    if (scopes.includes('policy')) return msg('may see and change what is blocked');
    if (scopes.includes('read')) return msg('may look');
    return scopes.includes('metrics') ? msg('may see how Quell is') : msg('may see and change one phone');
  }

  override render() {
    return html`
      <ul>
        ${this.#load.value?.map(
          (token) => html`<li class="row">
            <div>
              <p>${token.name}</p>
              <p class="small soft">
                ${this.#may(token.scopes)} ·
                ${token.lastUsed ? fill(msg('used {ago}'), { ago: ago(Date.parse(token.lastUsed), Date.now(), spoken()) }) : msg('never used')}
              </p>
            </div>
            <button @click=${() => this.#remove(token)}>${msg('Remove')}<span class="sr"> ${token.name}</span></button>
          </li>`,
        )}
      </ul>
      ${
        this.fresh
          ? html`<div class="fresh" role="status">
              <p>${msg('Copy it now: it is shown only once.')}</p>
              <p class="name">${this.fresh}</p>
            </div>`
          : ''
      }
      <form @submit=${this.#create}>
        <label>${msg('What it is for')}<input name="name" required maxlength="80" autocomplete="off" /></label>
        <label>${msg('What it may do')}
          <select name="scope">
            <option value="read">${msg('Look')}</option>
            <option value="metrics">${msg('See how Quell is, in numbers')}</option>
            <option value="policy">${msg('See and change what is blocked')}</option>
            <option value="admin">${msg('Everything')}</option>
          </select>
        </label>
        <button>${msg('Make a key')}</button>
      </form>
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
        gap: var(--space-4);
      }
      li > div {
        flex: 1;
      }
      li {
        padding-block: var(--space-2);
      }
      .fresh {
        padding: var(--space-4);
        border-radius: var(--round-2);
        background: var(--accent-soft);
      }
      .fresh .name {
        user-select: all;
      }
      form button {
        justify-self: start;
      }
    `,
  ];
}
