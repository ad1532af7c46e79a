import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Notice } from '../data/model.ts';
import { base } from '../styles/shared.ts';
import './q-icon.ts';

/** One thing that a person should know, and what can be done about it (slotted). */
@customElement('q-note')
export class Note extends LitElement {
  @property({ reflect: true }) level: Notice['level'] = 'info';
  @property() sentence = '';

  override render() {
    return html`<q-icon name=${this.level === 'info' ? 'info' : 'broken'}></q-icon>
      <div>
        <p>${this.sentence}</p>
        <slot></slot>
      </div>`;
  }

  static override styles = [
    base,
    css`
      :host {
        display: flex;
        gap: var(--space-3);
        padding: var(--space-3) var(--space-4);
        border-radius: var(--round-2);
        background: var(--warn-soft);
        overflow-wrap: anywhere;
      }
      div {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        flex: 1;
        gap: var(--space-2);
        min-width: 0;
      }
      p {
        font-weight: 600;
      }
      q-icon {
        color: var(--warn);
      }
      :host([level='info']) {
        background: var(--accent-soft);
      }
      :host([level='info']) q-icon {
        color: var(--accent);
      }
      :host([level='error']) {
        background: var(--bad-soft);
      }
      :host([level='error']) q-icon {
        color: var(--bad);
      }
    `,
  ];
}
