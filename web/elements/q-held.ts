import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import type { List } from '../data/model.ts';
import { applyHeldList } from '../data/service.ts';
import { fill } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-note.ts';

/** Why a new version of a list was not taken over by itself, and the way to take it all the same. */
@customElement('q-held')
export class Held extends LitElement {
  @property({ attribute: false }) list!: List;

  override render() {
    const { id, name, status } = this.list;
    if (!status.held) return '';
    return html`<q-note level="warning" .sentence=${msg('A new version waits for you')}>
      <ul>${status.held.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>
      <div class="row">
        <button @click=${() => act(this, applyHeldList(id), fill(msg('{name}: the new version is used'), { name }))}>
          ${msg('Use it anyway')}<span class="sr">: ${name}</span>
        </button>
      </div>
    </q-note>`;
  }

  static override styles = [
    base,
    buttons,
    css`
      ul {
        padding-inline-start: 1.25rem;
        list-style: disc;
      }
    `,
  ];
}
