import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { type Live, liveContext } from '../data/live.ts';
import { base } from '../styles/shared.ts';

/** Whether what phones try is shown as it happens; nothing until that is known. */
@customElement('q-live')
export class LiveLight extends LitElement {
  @consume({ context: liveContext }) live!: Live;
  @state() private connected: boolean | undefined;
  #deaf = () => {};

  override connectedCallback(): void {
    super.connectedCallback();
    this.#deaf = this.live.listen({ connected: (isConnected) => (this.connected = isConnected) });
    this.connected = this.live.isConnected;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#deaf();
  }

  override render() {
    if (this.connected === undefined) return '';
    return html`<p class="small" role="status" ?data-cut-off=${!this.connected}>
      <span></span>${this.connected ? msg('Live') : msg('Not live: connecting…')}
    </p>`;
  }

  static override styles = [
    base,
    css`
      p {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        color: var(--good);
        font-weight: 600;
      }
      [data-cut-off] {
        color: var(--ink-soft);
      }
      span {
        width: 0.5rem;
        height: 0.5rem;
        border-radius: 50%;
        background: currentColor;
      }
      @media (prefers-reduced-motion: no-preference) {
        p:not([data-cut-off]) span {
          animation: breathe 3s ease-in-out infinite;
        }
        @keyframes breathe {
          50% {
            opacity: 0.35;
          }
        }
      }
    `,
  ];
}
