import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { notify } from '../data/act.ts';
import { ownAddress } from '../data/own-address.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-icon.ts';

/** What to change in the router so that every phone asks Quell. */
@customElement('q-router-steps')
export class RouterSteps extends LitElement {
  /** Where this machine answers look-ups. */
  @property() address = ownAddress(location.hostname);

  async #copy(): Promise<void> {
    await navigator.clipboard.writeText(this.address!);
    notify(this, { sentence: msg('Copied'), tone: 'done' });
  }

  override render() {
    return html`
      <div class="address">
        <p class="small soft">${msg('DNS server')}</p>
        ${
          this.address
            ? html`<p class="number">${this.address}</p>`
            : html`<p>${msg('The network address of the machine that runs Quell; it often begins with 192.168.')}</p>`
        }
        ${this.address && window.isSecureContext ? html`<button @click=${this.#copy}>${msg('Copy')}</button>` : ''}
      </div>
      <ol>
        <li>${msg('Open your router’s settings page. Its address is often on a label at its back.')}</li>
        <li>${msg('Look for “DHCP” or “Local network”, and there for “DNS server”.')}</li>
        <li>${msg('Enter the address above as the first DNS server, and leave the second empty: phones use whichever answers first.')}</li>
        <li>${msg('Save, then switch Wi-Fi off and on again on one phone.')}</li>
      </ol>
    `;
  }

  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
      }
      .address {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-1) var(--space-4);
        padding: var(--space-4);
        border-radius: var(--round-2);
        background: var(--accent-soft);
      }
      .address .small {
        flex-basis: 100%;
      }
      .number {
        font-family: var(--font-names);
        font-size: 1.5rem;
        font-weight: 600;
        overflow-wrap: anywhere;
        user-select: all;
      }
      ol {
        display: grid;
        gap: var(--space-3);
        counter-reset: step;
      }
      li {
        display: grid;
        grid-template-columns: 2rem minmax(0, 1fr);
        gap: var(--space-3);
        counter-increment: step;
      }
      li::before {
        content: counter(step);
        display: grid;
        place-items: center;
        width: 2rem;
        height: 2rem;
        border-radius: 50%;
        background: var(--sunken);
        font-weight: 650;
      }
    `,
  ];
}
