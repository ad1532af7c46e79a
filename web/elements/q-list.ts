import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import type { List, ListVersion } from '../data/model.ts';
import { getListVersions, refreshList, removeList, rollBackList, switchList } from '../data/service.ts';
import { moment } from '../data/time.ts';
import { counted, fill, spoken } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-icon.ts';

/** One subscribed list: how it is, and what can be done about it. */
@customElement('q-list')
export class ListCard extends LitElement {
  @property({ attribute: false }) list!: List;
  @state() private open = false;

  readonly #versions = new Task(this, {
    args: () => [this.open, this.list.id, this.list.status.version] as const,
    task: async ([open, id]): Promise<readonly ListVersion[]> => (open ? await getListVersions(id) : []),
  });

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
      <p class="small">${status.says}</p>
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
        <ul class="small">${this.#versions.value?.map((version) => this.#version(version))}</ul>
        ${status.problems?.length ? html`<ul class="small soft">${status.problems.slice(0, 10).map((problem) => html`<li>${fill(msg('Line {line}: {what}'), { line: problem.line, what: problem.message })}</li>`)}</ul>` : ''}
      </details>
    </article>`;
  }

  #version(version: ListVersion) {
    const when = moment(Date.parse(version.fetchedAt), Date.now(), spoken());
    return html`<li class="row">
      <span>${when} · ${counted(version.entries, { one: msg('{count} name'), other: msg('{count} names') })}${version.says ? html` · ${version.says}` : ''}</span>
      ${
        version.state === 'live'
          ? html`<strong>${msg('in use')}</strong>`
          : html`<button class="plain" @click=${() => act(this, rollBackList(this.list.id, version.version), fill(msg('{name}: the version of {when} is used'), { name: this.list.name, when }))}>
              ${msg('Use this one')}
            </button>`
      }
    </li>`;
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
