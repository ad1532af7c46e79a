import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { notify } from '../data/act.ts';
import { unreachable } from '../data/problem.ts';
import type { Sheet } from '../data/sheets.ts';
import { sheets } from '../pages/pages.ts';

/** Shows one sheet at a time and gives the focus back to where it came from. */
@customElement('q-sheets')
export class Sheets extends LitElement {
  @state() private sheet: Sheet | undefined;

  async open(sheet: Sheet): Promise<void> {
    try {
      await sheets[sheet.sheet]();
      this.sheet = sheet;
    } catch {
      notify(this, { sentence: unreachable().message, tone: 'failed' });
    }
  }

  #closed(): void {
    this.sheet = undefined;
  }

  override render() {
    if (!this.sheet) return '';
    return this.sheet.sheet === 'broke'
      ? html`<q-broke .device=${this.sheet.device} @q-closed=${this.#closed}></q-broke>`
      : html`<q-name-card .name=${this.sheet.name} .device=${this.sheet.device} @q-closed=${this.#closed}></q-name-card>`;
  }

  static override styles = css`
    :host {
      display: contents;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    'q-sheets': Sheets;
  }
}
