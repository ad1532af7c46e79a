import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import type { ListPreview } from '../data/model.ts';
import { sentenceOf } from '../data/problem.ts';
import { addList, previewList } from '../data/service.ts';
import { attempts, counted, fill } from '../data/words.ts';
import { base, buttons, fields } from '../styles/shared.ts';
import './q-list-problems.ts';

/** Looks at a list before it is subscribed, in the household's terms; then adds it. */
@customElement('q-list-form')
export class ListForm extends LitElement {
  @state() private preview: ListPreview | undefined;
  @state() private url = '';
  @state() private wrong = '';
  @state() private busy = false;

  async #look(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.url = String(new FormData(event.target as HTMLFormElement).get('url')).trim();
    this.preview = undefined;
    this.wrong = '';
    this.busy = true;
    try {
      this.preview = await previewList(this.url);
    } catch (error) {
      this.wrong = sentenceOf(error);
    } finally {
      this.busy = false;
    }
  }

  async #add(): Promise<void> {
    const added = await act(this, addList({ url: this.url }), msg('The list is added'));
    if (added === undefined) return;
    this.preview = undefined;
    this.renderRoot.querySelector('form')?.reset();
    this.dispatchEvent(new CustomEvent('q-list-added'));
  }

  override render() {
    return html`<form class="card" @submit=${this.#look}>
        <label>
          ${msg('Add a list')}
          <input name="url" type="text" inputmode="url" required placeholder="https://…" autocapitalize="none" autocomplete="off" spellcheck="false" aria-describedby="wrong" />
        </label>
        <p class="wrong" id="wrong" role="alert">${this.wrong}</p>
        <button ?disabled=${this.busy}>${this.busy ? msg('Looking at it…') : msg('Look at it first')}</button>
      </form>
      ${this.preview ? this.#shown(this.preview) : ''}`;
  }

  #shown(preview: ListPreview) {
    const changed = preview.wouldChange.reduce((sum, each) => sum + each.count, 0);
    return html`<div class="card shown" role="status">
      <p><strong>${counted(preview.entries.block, { one: msg('Blocks {count} name'), other: msg('Blocks {count} names') })}</strong>${preview.entries.allow > 0 ? html`, ${counted(preview.entries.allow, { one: msg('allows {count}'), other: msg('allows {count}') })}` : ''}.</p>
      <p>
        ${
          changed === 0
            ? msg('It would have changed nothing of the last 7 days.')
            : fill(msg('In the last 7 days it would have changed {attempts}:'), { attempts: attempts(changed) })
        }
      </p>
      <ul class="name">${preview.wouldChange.slice(0, 8).map((each) => html`<li>${each.domain} ×${each.count}</li>`)}</ul>
      <q-list-problems .findings=${preview}></q-list-problems>
      ${preview.held ? html`<p class="wrong">${preview.held}</p>` : ''}
      <div class="row">
        <button class="primary" @click=${this.#add}>${msg('Add this list')}</button>
        <button @click=${() => {
          this.preview = undefined;
        }}>${msg('Cancel')}</button>
      </div>
    </div>`;
  }

  static override styles = [
    base,
    buttons,
    fields,
    css`
      :host,
      .shown {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
      }
      .wrong:empty {
        display: none;
      }
      form button {
        justify-self: start;
      }
    `,
  ];
}
