import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { type Household, householdContext } from '../data/household.ts';
import { getPeople } from '../data/service.ts';
import { fill, phones as phonesWord } from '../data/words.ts';
import { base } from '../styles/shared.ts';
import '../elements/q-device-card.ts';
import '../elements/q-device-row.ts';
import '../elements/q-empty.ts';
import { arePhones, parties } from '../data/phones.ts';

/** Every phone by the person it belongs to; other devices below, in short. */
@customElement('q-page-phones')
export class PhonesPage extends LitElement {
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  readonly #people = new Task(this, { args: () => [], task: getPeople });

  override render() {
    const { devices, state } = this.household;
    const phones = devices.filter(arePhones);
    const others = devices.filter((device) => !arePhones(device));
    const owned = parties(phones, this.#people.value ?? []);
    return html`
      <h1>${state && phones.length > 0 ? fill(msg('{phones} at home'), { phones: phonesWord(phones.length) }) : msg('Phones')}</h1>
      ${
        state && phones.length === 0
          ? html`<q-empty icon="phone" heading=${others.length > 0 ? msg('Only other devices so far') : msg('No phone has asked yet')}>
              <p>${msg('A phone shows up here within a second of its first look-up.')}</p>
              <a href="/setup">${msg('How to set up the router')}</a>
            </q-empty>`
          : ''
      }
      ${owned.map(
        ({ person, devices: theirs }) => html`<section>
          <h2 class=${owned.length > 1 || person ? '' : 'sr'}>${person?.name ?? msg('Nobody’s yet')}</h2>
          <ul class="cards">
            ${repeat(
              theirs,
              (device) => device.id,
              (device) => html`<li><q-device-card .device=${device}></q-device-card></li>`,
            )}
          </ul>
        </section>`,
      )}
      ${
        others.length > 0
          ? html`<section>
              <h2>${msg('Other devices')}</h2>
              <div class="rows">${others.map((device) => html`<q-device-row .device=${device}></q-device-row>`)}</div>
            </section>`
          : ''
      }
    `;
  }

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-5);
      }
      section {
        display: grid;
        gap: var(--space-3);
      }
      .cards {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr));
        gap: var(--space-4);
      }
      .rows {
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: var(--round-2);
        overflow: clip;
      }
      .rows > * + * {
        border-top: 1px solid var(--line);
      }
    `,
  ];
}
