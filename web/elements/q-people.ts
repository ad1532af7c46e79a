import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import { type Household, householdContext } from '../data/household.ts';
import type { Person } from '../data/model.ts';
import { arePhones } from '../data/phones.ts';
import { addPerson, changePerson, getPeople, removePerson } from '../data/service.ts';
import { fill } from '../data/words.ts';
import { base, buttons, fields } from '../styles/shared.ts';

/** The people of the household and their phones. */
@customElement('q-people')
export class People extends LitElement {
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  readonly #load = new Task(this, { args: () => [this.household.state?.policyVersion], task: () => getPeople() });

  async #add(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const name = String(new FormData(form).get('name')).trim();
    if ((await act(this, addPerson(name), fill(msg('{name} is added'), { name }))) === undefined) return;
    form.reset();
    await this.#load.run();
  }

  async #remove({ id, name }: Person): Promise<void> {
    await act(this, removePerson(id), fill(msg('{name} is removed'), { name }));
    await this.#load.run();
  }

  async #own(person: Person, device: string, owns: boolean): Promise<void> {
    const devices = owns ? [...person.devices, device] : person.devices.filter((each) => each !== device);
    await act(this, changePerson(person.id, { devices }), msg('Saved'));
    await this.#load.run();
  }

  override render() {
    const phones = this.household.devices.filter(arePhones);
    return html`
      ${this.#load.value?.map(
        (person) => html`<fieldset>
          <legend>${person.name}</legend>
          ${phones.map(
            (device) => html`<label class="check">
              <input type="checkbox" .checked=${person.devices.includes(device.id)} @change=${(event: Event) => this.#own(person, device.id, (event.target as HTMLInputElement).checked)} />
              ${device.name}
            </label>`,
          )}
          <button class="danger" @click=${() => this.#remove(person)}>${msg('Remove')}<span class="sr"> ${person.name}</span></button>
        </fieldset>`,
      )}
      <form @submit=${this.#add}>
        <label>${msg('Name')}<input name="name" required maxlength="80" autocomplete="off" /></label>
        <button>${msg('Add person')}</button>
      </form>
    `;
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
      fieldset {
        display: grid;
        justify-items: start;
        gap: var(--space-2);
        margin: 0;
        padding: var(--space-3) var(--space-4);
        border: 1px solid var(--line);
        border-radius: var(--round-2);
      }
      legend {
        padding-inline: var(--space-2);
        font-weight: 600;
      }
      .check {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        min-height: 2.25rem;
        font-weight: 400;
      }
      form button {
        justify-self: start;
      }
    `,
  ];
}
