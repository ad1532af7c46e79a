import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { dayOf } from '../data/hours.ts';
import type { Device } from '../data/model.ts';
import { whole } from '../data/number.ts';
import { getSummary } from '../data/service.ts';
import { openSheet } from '../data/sheets.ts';
import { fill, spoken } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-coverage.ts';
import './q-hours.ts';
import './q-icon.ts';
import './q-pause.ts';
import type { IconName } from './icons.ts';

export const iconOfKind = (kind: Device['kind']): IconName => (kind === 'other' || kind === 'unknown' ? 'phone' : kind);

/** One phone at a glance, with the two things people come for. */
@customElement('q-device-card')
export class DeviceCard extends LitElement {
  @property({ attribute: false }) device!: Device;

  readonly #day = new Task(this, {
    args: () => [this.device.id, this.device.today?.blocked, this.device.today?.allowed] as const,
    task: async ([device]) => {
      const now = Date.now();
      const { buckets } = await getSummary({ device, from: now - 86_400_000, to: now, by: 'hour' });
      return dayOf(buckets, now);
    },
  });

  override render() {
    const { device } = this;
    return html`<article aria-labelledby="name">
      <header>
        <span class="face"><q-icon name=${iconOfKind(device.kind)}></q-icon></span>
        <div>
          <h3><a id="name" href="/phones/${encodeURIComponent(device.id)}">${device.name}</a></h3>
          <p class="small soft">${[device.vendor, ...device.addresses.slice(0, 1)].filter(Boolean).join(' · ')}</p>
        </div>
      </header>
      <q-hours spark .hours=${this.#day.value ?? dayOf([], Date.now())}></q-hours>
      <div class="state">
        <p class="small">${this.#today()}</p>
        <q-coverage .state=${device.coverage.state}></q-coverage>
      </div>
      <footer>
        <q-pause brief .device=${device}></q-pause>
        <button @click=${() => openSheet(this, { sheet: 'broke', device: device.id })}>
          <q-icon name="broken"></q-icon>${msg('Something broke')}<span class="sr">${device.name}</span>
        </button>
      </footer>
    </article>`;
  }

  #today() {
    if (!this.device.today) return html`<span class="soft">${msg('Numbers are missing just now')}</span>`;
    const { blocked, allowed } = this.device.today;
    if (blocked + allowed === 0) return html`<span class="soft">${msg('Nothing tried today')}</span>`;
    return html`<strong>${fill(msg('{count} blocked today'), { count: whole(blocked, spoken()) })}</strong>
      <span class="soft">${allowed > 0 ? fill(msg('{count} let through'), { count: whole(allowed, spoken()) }) : msg('none let through')}</span>`;
  }

  static override styles = [
    base,
    buttons,
    css`
      article {
        position: relative;
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
        height: 100%;
        padding: var(--space-4);
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: var(--round-3);
        box-shadow: var(--shadow);
        transition: border-color var(--quick);
      }
      article:hover {
        border-color: var(--line-strong);
      }
      header {
        display: flex;
        align-items: center;
        gap: var(--space-3);
      }
      header > div {
        flex: 1;
        min-width: 0;
      }
      h3 {
        line-height: 1.25;
      }
      .state {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-2);
      }
      .state strong,
      .state span {
        display: block;
      }
      .state strong {
        font-size: var(--text-body);
      }
      .face {
        display: grid;
        place-items: center;
        width: 2.75rem;
        height: 2.75rem;
        border-radius: var(--round-2);
        background: var(--accent-soft);
        color: var(--accent);
        font-size: 1.125rem;
      }
      h3 a {
        color: inherit;
        font-size: var(--text-large);
        text-decoration: none;
        overflow-wrap: anywhere;
      }
      h3 a::after {
        content: '';
        position: absolute;
        inset: 0;
        border-radius: var(--round-3);
      }
      h3 a:focus-visible {
        outline: none;
      }
      h3 a:focus-visible::after {
        outline: 3px solid var(--accent);
        outline-offset: 2px;
      }
      footer {
        position: relative;
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        align-self: end;
      }
      footer > * {
        flex: 1 1 auto;
      }
      footer button,
      q-pause {
        font-size: var(--text-small);
      }
      footer button {
        gap: 0.375rem;
        padding-inline: var(--space-2);
        white-space: nowrap;
      }
    `,
  ];
}
