import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { notify } from '../data/act.ts';
import type { Fix } from '../data/model.ts';
import { base, buttons, rows } from '../styles/shared.ts';
import './q-icon.ts';

/** Ways to repair something outside Quell, best first; each folds out into its steps. */
@customElement('q-fixes')
export class Fixes extends LitElement {
  @property({ attribute: false }) fixes: readonly Fix[] = [];

  async #copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
    notify(this, { sentence: msg('Copied'), tone: 'done' });
  }

  override render() {
    return html`<div class="rows">${this.fixes.map((fix) => this.#fix(fix))}</div>`;
  }

  #fix({ title, gives, steps, copy, settings }: Fix) {
    return html`<details class="line">
      <summary><span>${title}</span><q-icon name="down"></q-icon></summary>
      <p class="small soft">${gives}</p>
      <ol>${steps.map((step) => html`<li>${step}</li>`)}</ol>
      ${copy ? this.#text(copy.where, copy.text) : ''}
      ${
        settings
          ? this.#text(
              msg('Quell’s own settings'),
              Object.entries(settings)
                .map((pair) => pair.join('='))
                .join('\n'),
            )
          : ''
      }
    </details>`;
  }

  /** Without a secure context there is no clipboard; a tap then selects all of the text. */
  #text(where: string, text: string) {
    return html`<div class="text">
      <p class="small soft">${where}</p>
      <pre class="name" tabindex="0">${text}</pre>
      ${window.isSecureContext ? html`<button @click=${() => this.#copy(text)}>${msg('Copy')}</button>` : ''}
    </div>`;
  }

  static override styles = [
    base,
    buttons,
    rows,
    css`
      .rows {
        box-shadow: none;
      }
      summary {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-2);
        min-height: 1.75rem;
        font-weight: 550;
      }
      [open] > summary q-icon {
        rotate: 180deg;
      }
      ol {
        padding-inline-start: 1.25rem;
        margin-block: var(--space-2);
        list-style: decimal;
      }
      li {
        padding-block: 0.125rem;
      }
      .text {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        justify-items: start;
        gap: var(--space-2);
        margin-block: var(--space-2);
      }
      pre {
        width: 100%;
        margin: 0;
        padding: var(--space-3);
        border-radius: var(--round-1);
        background: var(--sunken);
        white-space: pre-wrap;
        user-select: all;
      }
    `,
  ];
}
