import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Notice } from '../data/model.ts';
import { base } from '../styles/shared.ts';
import './q-icon.ts';

const pathOf = (notice: Notice) =>
  notice.device ? `/phones/${encodeURIComponent(notice.device)}` : notice.list ? '/packs' : undefined;

/** What needs a person; empty on most days, and then not there at all. */
@customElement('q-notices')
export class Notices extends LitElement {
  @property({ attribute: false }) notices: readonly Notice[] = [];

  override render() {
    if (this.notices.length === 0) return '';
    return html`<ul aria-label=${msg('Needs you')}>
      ${this.notices.map((notice) => {
        const path = pathOf(notice);
        return html`<li class=${notice.level}>
          <q-icon name=${notice.level === 'info' ? 'info' : 'broken'}></q-icon>
          <div>
            <p class="sentence">${notice.sentence}</p>
            ${notice.remedy ? html`<p>${notice.remedy}</p>` : ''}
            ${path ? html`<a href=${path}>${notice.list ? msg('See the list') : msg('See the phone')}</a>` : ''}
          </div>
        </li>`;
      })}
    </ul>`;
  }

  static override styles = [
    base,
    css`
      ul {
        display: grid;
        gap: var(--space-2);
      }
      li {
        display: flex;
        gap: var(--space-3);
        padding: var(--space-3) var(--space-4);
        border-radius: var(--round-2);
        background: var(--warn-soft);
        overflow-wrap: anywhere;
      }
      q-icon {
        color: var(--warn);
      }
      .info {
        background: var(--accent-soft);
      }
      .info q-icon {
        color: var(--accent);
      }
      .error {
        background: var(--bad-soft);
      }
      .error q-icon {
        color: var(--bad);
      }
      .sentence {
        font-weight: 600;
      }
      a {
        color: inherit;
        font-weight: 550;
      }
    `,
  ];
}
