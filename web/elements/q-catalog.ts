import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import { type Household, householdContext } from '../data/household.ts';
import type { KnownList } from '../data/model.ts';
import { sentenceOf } from '../data/problem.ts';
import { addList, getCatalog } from '../data/service.ts';
import { fill } from '../data/words.ts';
import { base, buttons, rows } from '../styles/shared.ts';
import './q-icon.ts';

const sizeWord = (size: KnownList['size']): string =>
  ({ small: msg('Small'), medium: msg('Medium'), large: msg('Large') })[size];

/** Published lists worth having, gentle ones first; one tap subscribes. */
@customElement('q-catalog')
export class Catalog extends LitElement {
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  readonly #load = new Task(this, {
    args: () => [this.household.state?.policyVersion] as const,
    task: () => getCatalog(),
  });

  async #add({ url, name, kind }: KnownList): Promise<void> {
    const added = await act(this, addList({ url, name, kind }), fill(msg('{name} is added'), { name }));
    if (added === undefined) return;
    this.dispatchEvent(new CustomEvent('q-list-added'));
    await this.#load.run();
  }

  override render() {
    if (this.#load.error) return html`<p role="alert">${sentenceOf(this.#load.error)}</p>`;
    return html`<ul class="rows">${this.#load.value?.map((list) => this.#known(list))}</ul>`;
  }

  #known(list: KnownList) {
    return html`<li>
      <div>
        <h4>${list.name}</h4>
        <p class="small">${list.purpose}</p>
        ${list.caution ? html`<p class="small caution"><q-icon name="info"></q-icon>${list.caution}</p>` : ''}
        <p class="small soft">${[list.kind === 'allow' ? msg('Allows') : msg('Blocks'), sizeWord(list.size), list.publisher, list.licence].join(' · ')}</p>
      </div>
      ${
        list.subscribed
          ? html`<span class="has small"><q-icon name="check"></q-icon>${msg('Added')}</span>`
          : html`<button @click=${() => this.#add(list)}>${msg('Add')}<span class="sr">: ${list.name}</span></button>`
      }
    </li>`;
  }

  static override styles = [
    base,
    buttons,
    rows,
    css`
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-3);
      }
      li > div {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        flex: 1 1 13rem;
        gap: 0.125rem;
        min-width: 0;
      }
      h4 {
        margin: 0;
        font-size: var(--text-body);
        font-weight: 600;
      }
      .caution {
        display: flex;
        align-items: baseline;
        gap: var(--space-1);
        color: var(--warn);
      }
      .caution q-icon {
        flex: none;
        translate: 0 0.125rem;
      }
      .has {
        display: inline-flex;
        align-items: center;
        gap: var(--space-1);
        color: var(--good);
        font-weight: 600;
      }
    `,
  ];
}
