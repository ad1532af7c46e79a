import { css, html, LitElement, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { type IconName, icons } from './icons.ts';

/** Decoration only: the word beside it says what it means. */
@customElement('q-icon')
export class Icon extends LitElement {
  @property() name: IconName = 'info';

  override render() {
    return html`<svg viewBox="0 0 24 24" aria-hidden="true">${svg`${icons[this.name]}`}</svg>`;
  }

  static override styles = css`
    :host {
      display: inline-block;
      flex: none;
      width: 1.25em;
      height: 1.25em;
      vertical-align: -0.25em;
    }
    svg {
      display: block;
      width: 100%;
      height: 100%;
      fill: none;
      stroke: currentColor;
      stroke-width: 1.7;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    'q-icon': Icon;
  }
}
