import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import type { List } from '../data/model.ts';
import { refreshList, removeList, switchList } from '../data/service.ts';
import { moment } from '../data/time.ts';
import { counted, fill, spoken } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-held.ts';
import './q-icon.ts';
import './q-list-problems.ts';
import './q-list-versions.ts';

/** One subscribed list: how it is, and what can be done about it. */
@customElement('q-list')
export class ListCard extends LitElement {
  @property({ attribute: false }) list!: List;
  @state() private open = false;

  #state(): string {
    return {
      waiting: msg('Waiting'),
      updating: msg('Updating'),
      live: msg('Up to date'),
      held: msg('Held back'),
      failed: msg('Could not update'),
      off: msg('Off'),
    }[this.list.status.state];
  }

  override render() {
    const { list } = this;
    const { status } = list;
    const named = { name: list.name };
    return html`<article class="card" aria-labelledby="name">
      <header>
        <h3 id="name">${list.name}</h3>
        <span class="state ${status.state}">${this.#state()}</span>
      </header>
      <p class="small soft">
        ${[
          list.kind === 'allow' ? msg('Allows') : msg('Blocks'),
          status.entries === undefined
            ? ''
            : counted(status.entries, { one: msg('{count} name'), other: msg('{count} names') }),
          status.changedAt
            ? fill(msg('changed {when}'), { when: moment(Date.parse(status.changedAt), Date.now(), spoken()) })
            : '',
          list.watchOnly ? msg('only watched') : '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      ${status.state === 'held' ? '' : html`<p class="small">${status.says}</p>`}
      <q-held .list=${list} ?hidden=${!status.held}></q-held>
      <q-list-problems .findings=${status}></q-list-problems>
      <div class="row">
        <button @click=${() => act(this, refreshList(list.id), fill(msg('{name} is being fetched'), named))}><q-icon name="refresh"></q-icon>${msg('Update')}</button>
        <button
          @click=${() =>
            act(
              this,
              switchList(list.id, !list.enabled),
              fill(list.enabled ? msg('{name} is off') : msg('{name} is on'), named),
            )}
        >${list.enabled ? msg('Switch off') : msg('Switch on')}</button>
        <button @click=${() => act(this, removeList(list.id), fill(msg('{name} is removed'), named))}>${msg('Remove')}</button>
      </div>
      <details @toggle=${(event: Event) => {
        this.open = (event.target as HTMLDetailsElement).open;
      }}>
        <summary class="small">${msg('Address and earlier versions')}</summary>
        <p class="name">${list.url}</p>
        ${this.open ? html`<q-list-versions class="small" .list=${list}></q-list-versions>` : ''}
      </details>
    </article>`;
  }

  static override styles = [
    base,
    buttons,
    css`
      article {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-2);
        overflow-wrap: anywhere;
      }
      .state {
        padding: 0.1875rem 0.625rem;
        border-radius: var(--round-full);
        background: var(--sunken);
        color: var(--ink-soft);
        font-size: var(--text-small);
        font-weight: 600;
      }
      .state.live {
        background: var(--good-soft);
        color: var(--good);
      }
      .state.held {
        background: var(--warn-soft);
        color: var(--warn);
      }
      .state.failed {
        background: var(--bad-soft);
        color: var(--bad);
      }
      summary {
        padding-block: var(--space-1);
        color: var(--accent);
        font-weight: 550;
        cursor: pointer;
      }
    `,
  ];
}
