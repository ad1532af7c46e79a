import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import { type Household, householdContext, nameOf } from '../data/household.ts';
import { getHistory, undo } from '../data/service.ts';
import { moment } from '../data/time.ts';
import { fill, spoken } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';

/** What was decided lately, by whom; each can be taken back. */
@customElement('q-history')
export class History extends LitElement {
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  readonly #load = new Task(this, { args: () => [this.household.state?.policyVersion], task: () => getHistory() });

  #who(by: string): string {
    if (by === 'owner') return msg('you');
    if (by.startsWith('member:')) return nameOf(this.household, by.slice('member:'.length));
    if (by.startsWith('token:')) return by.slice('token:'.length);
    return 'Quell';
  }

  override render() {
    if (this.#load.value?.length === 0) return html`<p class="soft">${msg('Nothing has been decided yet.')}</p>`;
    return html`<ul>
      ${this.#load.value?.map(
        (change) => html`<li class="row">
          <div>
            <p>${change.what}</p>
            <p class="small soft">
              ${fill(msg('{when} by {who}'), { when: moment(Date.parse(change.at), Date.now(), spoken()), who: this.#who(change.by) })}
            </p>
          </div>
          ${
            change.undoneBy
              ? html`<span class="small soft">${msg('taken back')}</span>`
              : html`<button class="plain" @click=${() => act(this, undo(change.id), msg('Taken back'))}>${msg('Undo')}<span class="sr">: ${change.what}</span></button>`
          }
        </li>`,
      )}
    </ul>`;
  }

  static override styles = [
    base,
    buttons,
    css`
      li {
        padding-block: var(--space-2);
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      li > div {
        flex: 1 1 12rem;
        min-width: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];
}
