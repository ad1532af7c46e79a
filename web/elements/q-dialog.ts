import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { base, buttons } from '../styles/shared.ts';
import './q-icon.ts';

/** A sheet over the page: from below on a phone, in the middle on a wide screen. Says `q-closed`. */
@customElement('q-dialog')
export class Dialog extends LitElement {
  @property() heading = '';
  @query('dialog') private dialog!: HTMLDialogElement;

  override firstUpdated(): void {
    this.dialog.showModal();
  }

  close(): void {
    this.dialog.close();
  }

  #closed(): void {
    this.dispatchEvent(new CustomEvent('q-closed', { bubbles: true, composed: true }));
  }

  #outside(event: MouseEvent): void {
    if (event.target === this.dialog) this.close();
  }

  override render() {
    return html`<dialog aria-labelledby="heading" @close=${this.#closed} @click=${this.#outside}>
      <div class="sheet">
        <div class="head">
          <h2 id="heading">${this.heading}</h2>
          <button class="plain round" @click=${this.close}><q-icon name="close"></q-icon><span class="sr">${msg('Close')}</span></button>
        </div>
        <slot></slot>
      </div>
    </dialog>`;
  }

  static override styles = [
    base,
    buttons,
    css`
      dialog {
        width: 100%;
        max-width: 100%;
        max-height: min(92dvh, 60rem);
        margin: auto 0 0;
        padding: 0;
        border: 0;
        border-radius: var(--round-3) var(--round-3) 0 0;
        background: var(--raised);
        color: var(--ink);
        box-shadow: var(--shadow);
      }
      dialog[open] {
        animation: rise var(--calm) ease-out;
      }
      dialog::backdrop {
        background: rgb(8 14 16 / 50%);
      }
      .sheet {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
        padding: var(--space-4) var(--space-4) calc(var(--space-5) + env(safe-area-inset-bottom));
      }
      .head {
        display: flex;
        align-items: start;
        justify-content: space-between;
        gap: var(--space-3);
      }
      h2 {
        padding-block: var(--space-2);
        overflow-wrap: anywhere;
      }
      @keyframes rise {
        from {
          opacity: 0;
          translate: 0 2rem;
        }
      }
      @media (min-width: 40rem) {
        dialog {
          width: 36rem;
          margin: auto;
          border-radius: var(--round-3);
        }
        .sheet {
          padding: var(--space-4) var(--space-5) var(--space-5);
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'q-dialog': Dialog;
  }
}
