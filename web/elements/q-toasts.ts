import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Notification } from '../data/act.ts';
import { sentenceOf } from '../data/problem.ts';
import { undo } from '../data/service.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-icon.ts';

type Shown = Notification & { readonly key: number };

const shownMs = 10_000;

/** What just happened, said once and read out, with a way back for ten seconds. */
@customElement('q-toasts')
export class Toasts extends LitElement {
  @state() private shown: readonly Shown[] = [];
  #key = 0;

  show(notification: Notification): void {
    const shown = { ...notification, key: ++this.#key };
    this.shown = [...this.shown.slice(-1), shown];
    setTimeout(() => this.#close(shown.key), shownMs);
  }

  #close(key: number): void {
    this.shown = this.shown.filter((each) => each.key !== key);
  }

  async #undo({ key, change }: Shown): Promise<void> {
    this.#close(key);
    try {
      await undo(change!);
      this.show({ sentence: msg('Taken back'), tone: 'done' });
      this.dispatchEvent(new CustomEvent('q-undone', { bubbles: true, composed: true }));
    } catch (error) {
      this.show({ sentence: sentenceOf(error), tone: 'failed' });
    }
  }

  override render() {
    return html`<div role="status" aria-live="polite">
      ${repeat(
        this.shown,
        (each) => each.key,
        (each) => html`<div class=${each.tone}>
          <q-icon name=${each.tone === 'done' ? 'check' : 'broken'}></q-icon>
          <p>${each.sentence}</p>
          ${each.change ? html`<button class="plain" @click=${() => this.#undo(each)}>${msg('Undo')}</button>` : ''}
          <button class="plain round" @click=${() => this.#close(each.key)}>
            <q-icon name="close"></q-icon><span class="sr">${msg('Close')}</span>
          </button>
        </div>`,
      )}
    </div>`;
  }

  static override styles = [
    base,
    buttons,
    css`
      :host {
        position: fixed;
        inset: auto 0 calc(4.5rem + env(safe-area-inset-bottom)) 0;
        z-index: 5;
        padding-inline: var(--space-3);
        pointer-events: none;
      }
      [role='status'] {
        display: grid;
        gap: var(--space-2);
        max-width: 30rem;
        margin-inline: auto;
      }
      [role='status'] > div {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-1) var(--space-1) var(--space-1) var(--space-4);
        border-radius: var(--round-2);
        background: var(--ink);
        color: var(--paper);
        box-shadow: var(--shadow);
        pointer-events: auto;
        animation: rise var(--calm) ease-out;
      }
      p {
        flex: 1;
        padding-block: var(--space-2);
      }
      button.plain {
        color: inherit;
        text-decoration: underline;
        text-underline-offset: 0.25em;
      }
      button.plain:hover {
        background: rgb(128 128 128 / 35%);
      }
      :focus-visible {
        outline-color: currentColor;
      }
      @keyframes rise {
        from {
          opacity: 0;
          translate: 0 0.75rem;
        }
      }
      @media (min-width: 56rem) {
        :host {
          bottom: var(--space-5);
          inset-inline-start: 15rem;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'q-toasts': Toasts;
  }
  interface HTMLElementEventMap {
    'q-undone': CustomEvent<void>;
  }
}
