import { msg } from '@lit/localize';
import { css, html, LitElement, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { type Hour, tallest } from '../data/hours.ts';
import { whole } from '../data/number.ts';
import { clock } from '../data/time.ts';
import { fill, spoken } from '../data/words.ts';
import { base } from '../styles/shared.ts';

const step = 10;
const height = 48;

/** A day as 24 bars, blocked below and let through on top; the same numbers as a table for those who listen. */
@customElement('q-hours')
export class Hours extends LitElement {
  @property({ attribute: false }) hours: readonly Hour[] = [];
  /** A small band without scale, for a card. */
  @property({ type: Boolean, reflect: true }) spark = false;

  #bar(hour: Hour, index: number, top: number) {
    const blocked = (hour.blocked / top) * height;
    const allowed = (hour.allowed / top) * height;
    const x = index * step + 1.5;
    return svg`<g>
      ${this.spark ? '' : svg`<title>${this.#words(hour)}</title><rect class="reach" x=${index * step} width=${step} height=${height}></rect>`}
      <rect class="rest" x=${x} y=${height - 1.5} width=${step - 3} height="1.5"></rect>
      ${hour.blocked > 0 ? svg`<rect class="blocked" x=${x} y=${height - Math.max(2, blocked)} width=${step - 3} height=${Math.max(2, blocked)}></rect>` : ''}
      ${hour.allowed > 0 ? svg`<rect class="allowed" x=${x} y=${height - blocked - Math.max(2, allowed)} width=${step - 3} height=${Math.max(2, allowed)}></rect>` : ''}
    </g>`;
  }

  #words(hour: Hour): string {
    return fill(msg('{time}: {blocked} blocked, {allowed} let through'), {
      time: clock(hour.at, spoken()),
      blocked: whole(hour.blocked, spoken()),
      allowed: whole(hour.allowed, spoken()),
    });
  }

  override render() {
    const top = tallest(this.hours);
    const bars = html`<svg viewBox="0 0 ${step * 24} ${height}" preserveAspectRatio="none" aria-hidden="true">
      ${this.hours.map((hour, index) => this.#bar(hour, index, top))}
    </svg>`;
    if (this.spark) return bars;
    return html`<figure>
      ${bars}
      <div class="scale small soft" aria-hidden="true">
        ${this.hours.filter((_, index) => index % 6 === 0).map((hour) => html`<span>${clock(hour.at, spoken())}</span>`)}
        <span>${msg('now')}</span>
      </div>
      <figcaption class="small soft" aria-hidden="true">
        <span class="key blocked"></span>${msg('Blocked')} <span class="key allowed"></span>${msg('Let through')}
      </figcaption>
      <table class="sr">
        <caption>${msg('Attempts by hour')}</caption>
        <tr><th scope="col">${msg('Hour')}</th><th scope="col">${msg('Blocked')}</th><th scope="col">${msg('Let through')}</th></tr>
        ${this.hours
          .filter((hour) => hour.blocked + hour.allowed > 0)
          .map(
            (hour) =>
              html`<tr><th scope="row">${clock(hour.at, spoken())}</th><td>${hour.blocked}</td><td>${hour.allowed}</td></tr>`,
          )}
      </table>
    </figure>`;
  }

  static override styles = [
    base,
    css`
      :host {
        position: relative;
      }
      svg {
        display: block;
        width: 100%;
        height: 6.5rem;
      }
      :host([spark]) svg {
        height: 2.25rem;
      }
      .reach {
        fill: transparent;
      }
      g:hover .reach {
        fill: var(--sunken);
      }
      .rest {
        fill: var(--line);
      }
      .blocked {
        fill: var(--blocked);
      }
      .allowed {
        fill: var(--let-through);
      }
      .scale {
        display: flex;
        justify-content: space-between;
        padding-block: var(--space-1) var(--space-2);
        font-variant-numeric: tabular-nums;
      }
      figcaption {
        display: flex;
        align-items: center;
        gap: var(--space-2);
      }
      .key {
        width: 0.75rem;
        height: 0.75rem;
        border-radius: 0.1875rem;
      }
      .key.blocked {
        background: var(--blocked);
      }
      .key.allowed {
        background: var(--let-through);
        margin-inline-start: var(--space-3);
      }
    `,
  ];
}
