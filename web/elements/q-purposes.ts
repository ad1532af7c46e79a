import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { type Household, householdContext } from '../data/household.ts';
import type { Device, Purpose } from '../data/model.ts';
import { base } from '../styles/shared.ts';
import './q-icon.ts';
import './q-purpose-switch.ts';

/** The switches of a phone: reports first, then matters of taste, and folded away what the phone needs. */
@customElement('q-purposes')
export class Purposes extends LitElement {
  @property({ attribute: false }) device!: Device;
  @property({ type: Boolean }) fixed = false;
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  override render() {
    const all = this.household.purposes;
    const reports = all.filter((purpose) => purpose.balanced === 'block');
    const taste = all.filter((purpose) => purpose.balanced === 'allow' && purpose.quiet === 'block');
    const needed = all.filter((purpose) => purpose.quiet === 'allow' && !purpose.protected);
    return html`
      ${this.#group(msg('What it reports'), reports)} ${this.#group(msg('A matter of taste'), taste)}
      ${
        needed.length > 0
          ? html`<details class="group">
              <summary><q-icon name="down"></q-icon><h3>${msg('What the phone’s own functions need')}</h3></summary>
              ${this.#rows(needed)}
            </details>`
          : ''
      }
    `;
  }

  #group(heading: string, purposes: readonly Purpose[]) {
    if (purposes.length === 0) return '';
    return html`<div class="group"><h3>${heading}</h3>${this.#rows(purposes)}</div>`;
  }

  #rows(purposes: readonly Purpose[]) {
    return html`<div class="rows">
      ${purposes.map(
        (purpose) =>
          html`<q-purpose-switch .device=${this.device} .purpose=${purpose} ?fixed=${this.fixed}></q-purpose-switch>`,
      )}
    </div>`;
  }

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
      }
      .group {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
      }
      h3 {
        color: var(--ink-soft);
        font-size: var(--text-small);
      }
      .rows {
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: var(--round-2);
        box-shadow: var(--shadow);
        overflow: clip;
      }
      .rows > * + * {
        border-top: 1px solid var(--line);
      }
      summary {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding-block: var(--space-2);
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      [open] > summary q-icon {
        rotate: 180deg;
      }
    `,
  ];
}
