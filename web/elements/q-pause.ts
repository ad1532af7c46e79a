import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import type { Device } from '../data/model.ts';
import { endPause, pause } from '../data/service.ts';
import { minutesUntilTomorrow } from '../data/time.ts';
import { fill } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-countdown.ts';
import './q-icon.ts';

/** Lets everything pass on one phone for a while, shows what is left of it, and ends it. */
@customElement('q-pause')
export class Pause extends LitElement {
  @property({ attribute: false }) device: Device | undefined;
  /** One button for ten minutes, where there is no room for three. */
  @property({ type: Boolean, reflect: true }) brief = false;
  /** The longest pause this visitor may take, in minutes. */
  @property({ type: Number }) longest = Number.POSITIVE_INFINITY;

  #pause(minutes: number, sentence: string): void {
    void act(this, pause(this.device!.id, minutes), fill(sentence, { phone: this.device!.name }));
  }

  #end(): void {
    void act(this, endPause(this.device!.id), fill(msg('{phone} is protected again'), { phone: this.device!.name }));
  }

  override render() {
    if (!this.device) return '';
    if (this.device.pause) return this.#paused(this.device.pause.until);
    const ten = html`<button @click=${() => this.#pause(10, msg('{phone} is paused for 10 minutes'))}>
      <q-icon name="pause"></q-icon>${this.brief ? msg('Pause 10 min') : msg('10 minutes')}
      ${this.brief ? html`<span class="sr">${this.device.name}</span>` : ''}
    </button>`;
    if (this.brief) return ten;
    const longer: readonly [minutes: number, word: string, sentence: string][] = [
      [60, msg('1 hour'), msg('{phone} is paused for an hour')],
      [minutesUntilTomorrow(Date.now()), msg('Until tomorrow'), msg('{phone} is paused until tomorrow')],
    ];
    return html`<div role="group" aria-label=${msg('Pause this phone')}>
      <span class="lead">${msg('Pause for')}</span>
      ${ten}
      ${longer
        .filter(([minutes]) => minutes <= this.longest)
        .map(
          ([minutes, word, sentence]) => html`<button @click=${() => this.#pause(minutes, sentence)}>${word}</button>`,
        )}
    </div>`;
  }

  #paused(until: string) {
    return html`<div class="paused">
      <q-icon name="pause"></q-icon>
      <p><span class="word">${msg('Paused')}</span> <q-countdown .until=${until}></q-countdown></p>
      <button @click=${this.#end}>${msg('End now')}</button>
    </div>`;
  }

  static override styles = [
    base,
    buttons,
    css`
      [role='group'] {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
      }
      .lead {
        color: var(--ink-soft);
        font-size: var(--text-small);
        flex-basis: 100%;
      }
      .paused {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding: 0.1875rem 0.1875rem 0.1875rem var(--space-3);
        border-radius: var(--round-full);
        background: var(--warn-soft);
        color: var(--warn);
        font-weight: 600;
      }
      .paused p {
        flex: 1;
      }
      .paused button {
        min-height: 2.375rem;
      }
      :host([brief]) button {
        width: 100%;
        gap: 0.375rem;
        padding-inline: var(--space-1);
      }
      :host([brief]) .paused button {
        width: auto;
        padding-inline: var(--space-3);
      }
      :host([brief]) .paused .word {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
      @media (min-width: 40rem) {
        .lead {
          flex-basis: auto;
        }
      }
    `,
  ];
}
