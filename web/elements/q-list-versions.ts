import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import type { List, ListVersion } from '../data/model.ts';
import { sentenceOf } from '../data/problem.ts';
import { getListVersions, rollBackList } from '../data/service.ts';
import { moment } from '../data/time.ts';
import { counted, fill, spoken } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';

/** Versions of a list that are kept, newest first, and the way back to each. */
@customElement('q-list-versions')
export class ListVersions extends LitElement {
  @property({ attribute: false }) list!: List;

  readonly #load = new Task(this, {
    args: () => [this.list.id, this.list.status.version, this.list.status.state] as const,
    task: ([id]) => getListVersions(id),
  });

  async #use(version: ListVersion, when: string): Promise<void> {
    const { id, name } = this.list;
    const sentence = fill(msg('{name}: the version of {when} is used'), { name, when });
    await act(this, rollBackList(id, version.version), sentence);
    await this.#load.run();
  }

  override render() {
    if (this.#load.error) return html`<p role="alert">${sentenceOf(this.#load.error)}</p>`;
    if (this.#load.value?.length === 0) return html`<p class="soft">${msg('None yet')}</p>`;
    return html`<ul>${this.#load.value?.map((version) => this.#version(version))}</ul>`;
  }

  #version(version: ListVersion) {
    const when = moment(Date.parse(version.fetchedAt), Date.now(), spoken());
    const names = counted(version.entries, { one: msg('{count} name'), other: msg('{count} names') });
    return html`<li>
      <span>${when} · ${names}${version.says ? html`<br /><span class="soft">${version.says}</span>` : ''}</span>
      ${
        version.state === 'live'
          ? html`<strong>${msg('in use')}</strong>`
          : html`<button class="plain" @click=${() => this.#use(version, when)}>${version.state === 'held' ? msg('Use it anyway') : msg('Go back to this one')}<span class="sr">: ${when}</span></button>`
      }
    </li>`;
  }

  static override styles = [
    base,
    buttons,
    css`
      li {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-2);
        min-height: 2.75rem;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      button {
        flex: none;
      }
    `,
  ];
}
