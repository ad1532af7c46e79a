import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import type { Device } from '../data/model.ts';
import { type Preset, presets } from '../data/presets.ts';
import { choosePreset } from '../data/service.ts';
import { fill } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-note.ts';

/** A device that nobody decided about yet, and the decision in one tap. */
@customElement('q-waiting')
export class Waiting extends LitElement {
  @property({ attribute: false }) device!: Device;

  #decide({ value, title }: Preset): void {
    const sentence = fill(msg('{phone} is on {preset} now'), { phone: this.device.name, preset: title });
    void act(this, choosePreset(this.device.id, value), sentence);
  }

  override render() {
    const sentence =
      this.device.undecided === 'hold'
        ? msg('{phone} is new and waits for you. Until then it only sees that it is online.')
        : msg('{phone} is new and only watched until you decide.');
    return html`<q-note .sentence=${fill(sentence, { phone: this.device.name })}>
      <div class="row" role="group" aria-label=${fill(msg('Decide about {phone}'), { phone: this.device.name })}>
        ${presets().map((preset, index) => html`<button class=${index === 0 ? 'primary' : ''} @click=${() => this.#decide(preset)}>${preset.title}</button>`)}
      </div>
    </q-note>`;
  }

  static override styles = [
    base,
    buttons,
    css`
      button {
        min-height: 2.5rem;
      }
    `,
  ];
}
