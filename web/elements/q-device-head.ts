import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import { coverageRemedy, coverageSentence } from '../data/coverage-words.ts';
import type { Device } from '../data/model.ts';
import { changeDevice } from '../data/service.ts';
import { ago } from '../data/time.ts';
import { fill, spoken } from '../data/words.ts';
import { base, buttons, fields } from '../styles/shared.ts';
import './q-coverage.ts';
import { iconOfKind } from './q-device-card.ts';
import './q-icon.ts';

/** Which phone this is, whether it is covered, and how we know. */
@customElement('q-device-head')
export class DeviceHead extends LitElement {
  @property({ attribute: false }) device!: Device;
  @state() private renaming = false;

  async #rename(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const name = String(new FormData(event.target as HTMLFormElement).get('name')).trim();
    const renamed = await act(
      this,
      changeDevice(this.device.id, { name: name || null }),
      fill(msg('Called {name} from now on'), { name }),
    );
    if (renamed) this.renaming = false;
  }

  override render() {
    const { device } = this;
    return html`
      <div class="who">
        <span class="face"><q-icon name=${iconOfKind(device.kind)}></q-icon></span>
        <div>
          ${this.renaming ? this.#form() : this.#name()}
          <p class="small soft">
            ${[device.vendor, fill(msg('seen {ago}'), { ago: ago(Date.parse(device.lastSeen), Date.now(), spoken()) })].filter(Boolean).join(' · ')}
          </p>
        </div>
      </div>
      <div class="coverage">
        <q-coverage .state=${device.coverage.state}></q-coverage>
        <p>
          ${coverageSentence(device.coverage)}
          ${device.coverage.provenAt ? html`<span class="soft">${fill(msg('Proven {ago}.'), { ago: ago(Date.parse(device.coverage.provenAt), Date.now(), spoken()) })}</span>` : ''}
          ${device.coverage.remedy ? html`<strong>${coverageRemedy(device.coverage)}</strong>` : ''}
        </p>
      </div>
    `;
  }

  #name() {
    return html`<span class="title">
      <slot></slot>
      <button class="plain round" @click=${() => {
        this.renaming = true;
      }}>
        <q-icon name="edit"></q-icon><span class="sr">${msg('Rename')}</span>
      </button>
    </span>`;
  }

  #form() {
    return html`<form @submit=${this.#rename}>
      <label><span class="sr">${msg('Name')}</span><input name="name" .value=${this.device.name} maxlength="80" autofocus autocomplete="off" /></label>
      <button class="primary">${msg('Save')}</button>
      <button type="button" @click=${() => {
        this.renaming = false;
      }}>${msg('Cancel')}</button>
    </form>`;
  }

  protected override updated(): void {
    if (this.renaming) this.renderRoot.querySelector('input')?.focus();
  }

  static override styles = [
    base,
    buttons,
    fields,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
      }
      .who {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-4);
      }
      .who > div {
        flex: 1 1 12rem;
        min-width: 0;
      }
      .face {
        display: grid;
        place-items: center;
        width: 3.5rem;
        height: 3.5rem;
        border-radius: var(--round-3);
        background: var(--accent-soft);
        color: var(--accent);
        font-size: 1.5rem;
      }
      .title {
        display: flex;
        align-items: center;
        overflow-wrap: anywhere;
      }
      .title button {
        font-size: 0.9375rem;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }
      form label {
        flex: 1 1 12rem;
      }
      .coverage {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: var(--space-2) var(--space-3);
      }
      .coverage p {
        flex: 1 1 14rem;
      }
      strong {
        display: block;
        font-weight: 600;
      }
    `,
  ];
}
