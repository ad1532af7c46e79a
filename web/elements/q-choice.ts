import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';

export interface Option {
  readonly value: string;
  readonly title: string;
  readonly sentence?: string;
}

declare global {
  interface HTMLElementEventMap {
    'q-chosen': CustomEvent<string>;
  }
}

/** One of a few, each with what it means; says `q-chosen` with its value. */
@customElement('q-choice')
export class Choice extends LitElement {
  @property() heading = '';
  @property({ attribute: false }) options: readonly Option[] = [];
  @property() value = '';

  #choose(value: string): void {
    this.dispatchEvent(new CustomEvent('q-chosen', { detail: value }));
  }

  override render() {
    return html`<fieldset>
      <legend class="sr">${this.heading}</legend>
      ${this.options.map(
        (option) => html`<label class=${option.value === this.value ? 'chosen' : ''}>
          <input
            type="radio"
            name="choice"
            .checked=${option.value === this.value}
            aria-describedby=${`about-${option.value}`}
            @change=${() => this.#choose(option.value)}
          />
          <span>
            <span class="title">${option.title}</span>
            <span class="small soft" id=${`about-${option.value}`}>${option.sentence ?? ''}</span>
          </span>
        </label>`,
      )}
    </fieldset>`;
  }

  static override styles = [
    base,
    css`
      :host {
        container-type: inline-size;
      }
      fieldset {
        display: grid;
        gap: var(--space-2);
        margin: 0;
        padding: 0;
        border: 0;
      }
      label {
        display: flex;
        gap: var(--space-3);
        padding: var(--space-3) var(--space-4);
        border: 1px solid var(--line-strong);
        border-radius: var(--round-2);
        background: var(--surface);
        cursor: pointer;
      }
      label:hover {
        background: var(--sunken);
      }
      label.chosen {
        border-color: var(--accent);
        box-shadow: inset 0 0 0 1px var(--accent);
        background: var(--accent-soft);
      }
      input {
        flex: none;
        width: 1.25rem;
        height: 1.25rem;
        margin: 0.125rem 0 0;
        accent-color: var(--accent);
      }
      @container (min-width: 34rem) {
        fieldset {
          grid-template-columns: repeat(3, minmax(0, 1fr));
        }
      }
      span > span {
        display: block;
      }
      .title {
        font-weight: 600;
      }
    `,
  ];
}
