import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';
import type { IconName } from './icons.ts';
import './q-icon.ts';

/** A place with nothing in it yet: what will be here, and what to do for it (slotted). */
@customElement('q-empty')
export class Empty extends LitElement {
  @property() icon: IconName = 'info';
  @property() heading = '';

  override render() {
    return html`<q-icon name=${this.icon}></q-icon>
      <h2>${this.heading}</h2>
      <slot></slot>`;
  }

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        justify-items: center;
        gap: var(--space-3);
        padding: var(--space-6) var(--space-4);
        border: 1px dashed var(--line-strong);
        border-radius: var(--round-3);
        color: var(--ink-soft);
        text-align: center;
        text-wrap: balance;
      }
      q-icon {
        width: 2.5rem;
        height: 2.5rem;
        color: var(--accent);
      }
      h2 {
        color: var(--ink);
      }
    `,
  ];
}
