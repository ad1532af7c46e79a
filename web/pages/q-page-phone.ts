import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { act } from '../data/act.ts';
import { dayOf } from '../data/hours.ts';
import { deviceOf, type Household, householdContext } from '../data/household.ts';
import type { Device, PresetId, Totals } from '../data/model.ts';
import { whole } from '../data/number.ts';
import { presets, presetTitle } from '../data/presets.ts';
import { choosePreset, getSummary } from '../data/service.ts';
import { openSheet } from '../data/sheets.ts';
import { fill, spoken } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';
import '../elements/q-choice.ts';
import '../elements/q-device-head.ts';
import '../elements/q-device-rules.ts';
import '../elements/q-device-settings.ts';
import '../elements/q-empty.ts';
import '../elements/q-hours.ts';
import '../elements/q-identity.ts';
import '../elements/q-notices.ts';
import '../elements/q-pause.ts';
import '../elements/q-purposes.ts';
import '../elements/q-quiet.ts';
import '../elements/q-recent.ts';
import '../elements/q-recipes.ts';

/** Everything about one phone, most wanted first. */
@customElement('q-page-phone')
export class PhonePage extends LitElement {
  @property() device = '';
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  readonly #day = new Task(this, {
    args: () => {
      const today = deviceOf(this.household, this.device)?.today;
      return [this.device, today?.blocked, today?.allowed] as const;
    },
    task: async ([device]) => {
      const now = Date.now();
      const { buckets } = await getSummary({ device, from: now - 86_400_000, to: now, by: 'hour' });
      return dayOf(buckets, now);
    },
  });

  override render() {
    const device = deviceOf(this.household, this.device);
    if (device) return keyed(device.id, this.#phone(device));
    if (!this.household.state) return html`<h1 class="sr">${msg('Phone')}</h1>`;
    return html`<h1>${msg('Phone')}</h1>
      <q-empty icon="phone" heading=${msg('This phone isn’t known')}>
        <p>${msg('It may have been made one with another.')}</p>
        <a href="/phones">${msg('All phones')}</a>
      </q-empty>`;
  }

  #phone(device: Device) {
    return html`
      <a class="up small" href="/phones"><q-icon name="back"></q-icon>${msg('Phones')}</a>
      <q-device-head .device=${device}><h1>${device.name}</h1></q-device-head>
      <q-notices .device=${device.id}></q-notices>
      <div class="actions">
        <q-pause .device=${device}></q-pause>
        <button @click=${() => openSheet(this, { sheet: 'broke', device: device.id })}>
          <q-icon name="broken"></q-icon>${msg('Something broke')}
        </button>
      </div>
      <div class="columns">
        <div>
          <q-recipes .device=${device}></q-recipes>
          ${this.#section(msg('How much to block'), html`${this.#preset(device)}<q-purposes .device=${device}></q-purposes>`)}
        </div>
        <div>
          ${this.#section(msg('The last 24 hours'), this.#today(device))}
          ${this.#section(msg('What it tried'), html`<q-recent .device=${device.id}></q-recent>`)}
          ${device.quiet ? this.#section(msg('Names it would not stop asking for'), html`<q-quiet .answers=${device.quiet}></q-quiet>`) : ''}
          ${this.#section(msg('Rules for this phone'), html`<q-device-rules .device=${device}></q-device-rules>`)}
          ${this.#folded(msg('How we recognise it'), html`<q-identity .device=${device}></q-identity>`)}
          ${this.#folded(msg('Privacy and owner'), html`<q-device-settings .device=${device}></q-device-settings>`)}
        </div>
      </div>
    `;
  }

  #section(heading: string, body: TemplateResult) {
    return html`<section><h2>${heading}</h2>${body}</section>`;
  }

  #folded(heading: string, body: TemplateResult) {
    return html`<details class="card">
      <summary><h2>${heading}</h2><q-icon name="down"></q-icon></summary>
      ${body}
    </details>`;
  }

  #preset(device: Device) {
    return html`<q-choice
        .heading=${msg('How much to block')}
        .options=${presets()}
        .value=${device.preset}
        @q-chosen=${(event: CustomEvent<string>) => this.#choosePreset(device, event.detail as PresetId)}
      ></q-choice>
      ${
        device.presetInherited
          ? html`<p class="small soft">${msg('This is the household’s choice.')}</p>`
          : html`<p class="small soft">
              ${msg('Chosen for this phone.')}
              <button class="plain" @click=${() => act(this, choosePreset(device.id, null), msg('Follows the household again'))}>
                ${msg('Follow the household')}
              </button>
            </p>`
      }`;
  }

  #choosePreset(device: Device, preset: PresetId): void {
    const sentence = fill(msg('{phone} is on {preset} now'), { phone: device.name, preset: presetTitle(preset) });
    void act(this, choosePreset(device.id, preset), sentence);
  }

  #today(device: Device) {
    return html`<div class="card stack">
      <p>${device.today ? this.#numbers(device.today) : msg('The record can’t be read just now, so numbers are missing.')}</p>
      <q-hours .hours=${this.#day.value ?? dayOf([], Date.now())}></q-hours>
    </div>`;
  }

  #numbers({ blocked, allowed, counted }: Totals): string {
    return fill(
      msg('Today {blocked} attempts blocked and {allowed} let through; {counted} other look-ups were only counted.'),
      {
        blocked: whole(blocked, spoken()),
        allowed: whole(allowed, spoken()),
        counted: whole(counted, spoken()),
      },
    );
  }

  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-5);
      }
      .up {
        justify-self: start;
        display: inline-flex;
        align-items: center;
        gap: var(--space-1);
        min-height: 2rem;
        margin-block-end: calc(-1 * var(--space-3));
        font-weight: 550;
        text-decoration: none;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        justify-content: space-between;
        gap: var(--space-3);
      }
      .columns,
      .columns > div {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: var(--space-5);
      }
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
      }
      summary {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-height: 1.75rem;
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      [open] > summary {
        margin-block-end: var(--space-3);
      }
      [open] > summary q-icon {
        rotate: 180deg;
      }
      @media (min-width: 64rem) {
        .columns {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
          gap: var(--space-6);
        }
      }
    `,
  ];
}
