import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import { type Household, householdContext } from '../data/household.ts';
import type { Device, DevicePatch } from '../data/model.ts';
import { changeDevice, getPeople } from '../data/service.ts';
import { base, fields } from '../styles/shared.ts';

const dayMs = 86_400_000;

/** Whose phone it is, what kind of device, and what of it is written down. */
@customElement('q-device-settings')
export class DeviceSettings extends LitElement {
  @property({ attribute: false }) device!: Device;
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  readonly #people = new Task(this, { args: () => [this.household.state?.policyVersion], task: () => getPeople() });

  #change(patch: DevicePatch): void {
    void act(this, changeDevice(this.device.id, patch), msg('Saved'));
  }

  #record(recording: Device['recording']): void {
    // Full recording is for finding a fault, so it always ends.
    this.#change(recording === 'everything' ? { recording, recordingUntil: Date.now() + dayMs } : { recording });
  }

  #belongTo(person: string): void {
    const people = new Set(this.#people.value?.map((each) => each.id));
    const groups = this.device.groups.filter((group) => !people.has(group));
    this.#change({ groups: person ? [person, ...groups] : groups });
  }

  override render() {
    const { device } = this;
    const people = this.#people.value ?? [];
    return html`
      <label>
        ${msg('What it is')}
        <select @change=${(event: Event) => this.#change({ kind: (event.target as HTMLSelectElement).value as Device['kind'] })}>
          ${this.#options(
            [
              ['phone', msg('Phone')],
              ['tablet', msg('Tablet')],
              ['computer', msg('Computer')],
              ['tv', msg('Television')],
              ['router', msg('Router')],
              ['other', msg('Something else')],
              ['unknown', msg('Not known')],
            ],
            device.kind,
          )}
        </select>
      </label>
      ${
        people.length > 0
          ? html`<label>
              ${msg('Whose it is')}
              <select @change=${(event: Event) => this.#belongTo((event.target as HTMLSelectElement).value)}>
                ${this.#options(
                  [['', msg('Nobody’s yet')], ...people.map((person) => [person.id, person.name] as const)],
                  people.find((person) => device.groups.includes(person.id))?.id ?? '',
                )}
              </select>
            </label>`
          : ''
      }
      <label>
        ${msg('What is written down')}
        <select @change=${(event: Event) => this.#record((event.target as HTMLSelectElement).value as Device['recording'])}>
          ${this.#options(
            [
              ['attempts', msg('Only what packs, lists and rules know')],
              ['everything', msg('Everything it looks up, for one day')],
              ['nothing', msg('Nothing')],
            ],
            device.recording,
          )}
        </select>
        <span class="hint">${msg('Everything else is counted and forgotten at once.')}</span>
      </label>
    `;
  }

  #options(options: readonly (readonly [value: string, word: string])[], chosen: string) {
    return options.map(([value, word]) => html`<option value=${value} ?selected=${value === chosen}>${word}</option>`);
  }

  static override styles = [
    base,
    fields,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
      }
    `,
  ];
}
