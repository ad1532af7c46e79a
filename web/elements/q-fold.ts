import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import type { Fold } from '../data/fold.ts';
import { type Household, householdContext, nameOf } from '../data/household.ts';
import { standsForMany } from '../data/many-names.ts';
import type { Row } from '../data/model.ts';
import { whole } from '../data/number.ts';
import { ruleForName } from '../data/service.ts';
import { openSheet } from '../data/sheets.ts';
import { span } from '../data/time.ts';
import { fill, spoken } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-icon.ts';
import './q-purpose.ts';

/** One line of the log: what for, which name, how often, when, and what became of it. */
@customElement('q-fold')
export class FoldLine extends LitElement {
  @property({ attribute: false }) fold!: Fold<Row>;
  /** Shows whose it was; not needed on a phone's own page. */
  @property({ type: Boolean }) owner = false;
  @consume({ context: householdContext, subscribe: true }) household: Household | undefined;

  /** Lets the name pass on its phone for ten minutes. */
  allow(): void {
    const { device, domain } = this.fold.row;
    void act(
      this,
      ruleForName(device, domain, 'allow', 10),
      fill(msg('{name} may pass for 10 minutes'), { name: domain }),
    );
  }

  #explain(): void {
    openSheet(this, { sheet: 'name', name: this.fold.row.domain, device: this.fold.row.device });
  }

  override render() {
    const { row, blocked, count, from, to } = this.fold;
    return html`
      <q-purpose small .purpose=${row.purpose} .reason=${row.reason}></q-purpose>
      <div class="what">
        <button class="name plain" @click=${this.#explain}>${row.domain}</button>
        <p class="small soft">
          <span class=${blocked ? 'blocked' : 'passed'}>${blocked ? msg('Blocked') : msg('Let through')}</span>
          ${count > 1 ? html` ×${whole(count, spoken())}` : ''} ·
          ${this.owner && this.household ? html`${nameOf(this.household, row.device)} · ` : ''}${span(from, to, Date.now(), spoken())}
        </p>
      </div>
      ${
        blocked && !standsForMany(row.domain)
          ? html`<button class="allow" @click=${this.allow}>
              ${msg('Allow 10 min')}<span class="sr"> ${fill(msg('{name} on this phone'), { name: row.domain })}</span>
            </button>`
          : ''
      }
    `;
  }

  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-3);
        padding: var(--space-2) var(--space-4);
      }
      .what {
        flex: 1 1 10rem;
        min-width: 0;
      }
      button.name {
        display: block;
        min-height: 1.75rem;
        padding: 0;
        color: var(--ink);
        font-weight: 500;
        text-align: start;
        text-decoration: underline;
        text-decoration-color: var(--line-strong);
        text-underline-offset: 0.25em;
      }
      .blocked {
        color: var(--accent);
        font-weight: 600;
      }
      .passed {
        color: var(--warn);
        font-weight: 600;
      }
      .allow {
        min-height: 2.375rem;
        padding-inline: var(--space-3);
        font-size: var(--text-small);
      }
      @media (max-width: 26rem) {
        .allow {
          min-height: 2rem;
          margin-inline-start: calc(1.875rem + var(--space-3));
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'q-fold': FoldLine;
  }
}
