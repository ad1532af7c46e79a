import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Device } from '../data/model.ts';
import { base } from '../styles/shared.ts';
import './q-coverage.ts';
import { iconOfKind } from './q-device-card.ts';
import './q-icon.ts';

/** A device in one line. */
@customElement('q-device-row')
export class DeviceRow extends LitElement {
  @property({ attribute: false }) device!: Device;

  override render() {
    const { device } = this;
    return html`<a href="/phones/${encodeURIComponent(device.id)}">
      <q-icon name=${iconOfKind(device.kind)}></q-icon>
      <span class="who">${device.name}<span class="small soft">${device.addresses[0] ?? ''}</span></span>
      <q-coverage .state=${device.coverage.state}></q-coverage>
    </a>`;
  }

  static override styles = [
    base,
    css`
      a {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-3);
        padding: var(--space-3) var(--space-4);
        color: inherit;
        text-decoration: none;
      }
      a:hover {
        background: var(--sunken);
      }
      a:focus-visible {
        outline-offset: -3px;
      }
      .who {
        flex: 1 1 8rem;
        display: grid;
        font-weight: 550;
        overflow-wrap: anywhere;
      }
      .who .small {
        font-weight: 400;
      }
    `,
  ];
}
