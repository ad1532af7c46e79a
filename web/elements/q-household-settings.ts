import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import type { PresetId, Settings, SettingsPatch } from '../data/model.ts';
import { presets } from '../data/presets.ts';
import { sentenceOf } from '../data/problem.ts';
import { changeSettings, getSettings } from '../data/service.ts';
import { base, buttons, fields } from '../styles/shared.ts';
import './q-choice.ts';

/** The household's defaults; each change is made at once and can be taken back. */
@customElement('q-household-settings')
export class HouseholdSettings extends LitElement {
  @property() about: 'protection' | 'privacy' = 'protection';

  readonly #load = new Task(this, { args: () => [], task: () => getSettings() });

  async #change(patch: SettingsPatch): Promise<void> {
    await act(this, changeSettings(patch, this.#load.value?.tag), msg('Saved'));
    await this.#load.run();
  }

  override render() {
    const settings = this.#load.value?.body;
    if (!settings) return this.#load.error ? html`<p role="alert">${sentenceOf(this.#load.error)}</p>` : '';
    return this.about === 'protection' ? this.#protection(settings) : this.#privacy(settings);
  }

  #protection(settings: Settings) {
    return html`
      <div class="stack">
        <h3>${msg('Phones without a choice of their own')}</h3>
        <q-choice
          .heading=${msg('Phones without a choice of their own')}
          .options=${presets()}
          .value=${settings.defaultPreset}
          @q-chosen=${(event: CustomEvent<string>) => this.#change({ defaultPreset: event.detail as PresetId })}
        ></q-choice>
      </div>
      <label>
        ${msg('A new phone')}
        ${this.#select(
          settings.unknownDevices,
          [
            ['protect', msg('is protected at once')],
            ['observe', msg('is only watched until you decide')],
            ['hold', msg('gets no answers until you decide')],
          ],
          (unknownDevices) => this.#change({ unknownDevices }),
        )}
      </label>
      <label>
        ${msg('A blocked look-up')}
        ${this.#select(
          settings.blockMode,
          [
            ['null', msg('leads nowhere (works best)')],
            ['nxdomain', msg('is answered: no such name')],
            ['nodata', msg('is answered: name without an address')],
            ['refused', msg('is refused')],
            ['sinkhole', msg('leads to Quell itself')],
          ],
          (blockMode) => this.#change({ blockMode }),
        )}
      </label>
      <label>
        ${msg('Phones remember a block for (seconds)')}
        <input type="number" min="1" max="3600" .value=${String(settings.blockTtl)} @change=${(event: Event) => this.#change({ blockTtl: (event.target as HTMLInputElement).valueAsNumber })} />
        <span class="hint">${msg('Short, so that an allow is felt at once. Longer means fewer questions.')}</span>
      </label>
    `;
  }

  #privacy(settings: Settings) {
    const kept = (name: keyof Settings['retention'], most: number, word: string, hint: string) => html`<label>
      ${word}
      <input type="number" min="1" max=${most} .value=${String(settings.retention[name])} @change=${(event: Event) => this.#change({ retention: { [name]: (event.target as HTMLInputElement).valueAsNumber } })} />
      <span class="hint">${hint}</span>
    </label>`;
    return html`${kept('attemptsDays', 3650, msg('Keep attempts (days)'), msg('What was tried, by which phone and when.'))}
    ${kept('rollupDays', 3650, msg('Keep numbers (days)'), msg('How many per hour and purpose.'))}
    ${kept('fullLoggingHours', 8760, msg('Keep full logging (hours)'), msg('All other look-ups of a phone, while you have them written down. Never longer than attempts.'))}
    <p class="small soft">${msg('Look-ups that match no pack, list or rule are counted and not written down, unless you want that of one phone for a day.')}</p>`;
  }

  #select<Value extends string>(
    chosen: Value,
    options: readonly (readonly [value: Value, word: string])[],
    change: (value: Value) => void,
  ) {
    return html`<select @change=${(event: Event) => change((event.target as HTMLSelectElement).value as Value)}>
      ${options.map(([value, word]) => html`<option value=${value} ?selected=${value === chosen}>${word}</option>`)}
    </select>`;
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
    `,
  ];
}
