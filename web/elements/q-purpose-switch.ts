import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import type { Device, Purpose } from '../data/model.ts';
import { presetTitle } from '../data/presets.ts';
import { choose, simulatePurpose } from '../data/service.ts';
import { attempts, counted, fill } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-icon.ts';
import './q-purpose.ts';

/** One purpose on one phone: what it does, whether it is blocked, and the price of that. */
@customElement('q-purpose-switch')
export class PurposeSwitch extends LitElement {
  @property({ attribute: false }) device!: Device;
  @property({ attribute: false }) purpose!: Purpose;
  /** A member sees what is set and changes nothing. */
  @property({ type: Boolean }) fixed = false;
  @state() private open = false;

  /** What the other setting would have meant in the last seven days. */
  readonly #trial = new Task(this, {
    args: () => [this.open && !this.fixed, this.device.id, this.purpose.id, this.#blocked] as const,
    task: async ([open, device, purpose, blocked]) =>
      open ? await simulatePurpose(device, purpose, blocked ? 'allow' : 'block') : undefined,
  });

  get #setting() {
    return this.device.purposes[this.purpose.id];
  }

  get #blocked(): boolean {
    return this.#setting.effective === 'block';
  }

  #flip(): void {
    const action = this.#blocked ? 'allow' : 'block';
    const sentence =
      action === 'block' ? msg('{purpose} is blocked on {phone}') : msg('{purpose} is allowed on {phone}');
    const values = { purpose: msg(this.purpose.title), phone: this.device.name };
    void act(this, choose(this.device.id, this.purpose.id, action), fill(sentence, values));
  }

  #followPreset(): void {
    const sentence = fill(msg('{purpose} follows {preset} again'), {
      purpose: msg(this.purpose.title),
      preset: presetTitle(this.device.preset),
    });
    void act(this, choose(this.device.id, this.purpose.id, 'inherit'), sentence);
  }

  override render() {
    const { purpose } = this;
    const word = this.#blocked ? msg('Blocked') : msg('Allowed');
    return html`
      <div class="top">
        <q-purpose .purpose=${purpose.id} id="title"></q-purpose>
        <button
          role="switch"
          aria-checked=${this.#blocked}
          aria-label=${fill(msg('Block {purpose}'), { purpose: msg(purpose.title) })}
          ?disabled=${this.fixed}
          @click=${this.#flip}
        >
          <span class="word">${word}</span><span class="track"><span class="thumb"></span></span>
        </button>
      </div>
      <p class="small">${msg(purpose.sentence)}</p>
      <details @toggle=${(event: Event) => {
        this.open = (event.target as HTMLDetailsElement).open;
      }}>
        <summary class="small soft">
          <span>${this.#cost()}</span><q-icon name="down"></q-icon><span class="sr">${fill(msg('More about {purpose}'), { purpose: msg(purpose.title) })}</span>
        </summary>
        <div class="more small">
          <p>${counted(purpose.domains, { one: msg('{count} address on the internet is known to serve this.'), other: msg('{count} addresses on the internet are known to serve this.') })}</p>
          ${purpose.breaks.length > 0 ? html`<ul>${purpose.breaks.map((each) => html`<li>${each}</li>`)}</ul>` : ''}
          <p>${this.#trialSentence()}</p>
        </div>
      </details>
      ${this.#setting.action === 'inherit' || this.fixed ? '' : this.#own()}
    `;
  }

  /** The price, before anything is folded out. */
  #cost(): string {
    const [first, ...others] = this.purpose.breaks;
    if (!first) return msg('Nothing is known to break without it.');
    const cost = fill(msg('When blocked: {what}'), { what: first });
    return others.length > 0
      ? `${cost} ${counted(others.length, { one: msg('And {count} more.'), other: msg('And {count} more.') })}`
      : cost;
  }

  #own() {
    return html`<p class="own small">
      ${msg('Chosen for this phone.')}
      <button class="plain" @click=${this.#followPreset}>
        ${fill(msg('Follow {preset}'), { preset: presetTitle(this.device.preset) })}
      </button>
    </p>`;
  }

  #trialSentence(): string {
    const trial = this.#trial.value;
    if (!trial) return '';
    const changed = this.#blocked ? trial.wouldAllow : trial.wouldBlock;
    if (changed === 0) return msg('The other setting would have changed nothing in the last 7 days.');
    const sentence = this.#blocked
      ? msg('Allowing it would have let {attempts} through in the last 7 days.')
      : msg('Blocking it would have stopped {attempts} in the last 7 days.');
    return fill(sentence, { attempts: attempts(changed) });
  }

  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-1);
        padding: var(--space-3) var(--space-4);
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        column-gap: var(--space-2);
      }
      button[role='switch'] {
        flex: none;
        margin-inline-start: auto;
        gap: var(--space-2);
        padding: 0;
        border: 0;
        background: none;
        font-size: var(--text-small);
      }
      button[role='switch'][disabled] {
        opacity: 1;
      }
      .track {
        width: 3.125rem;
        height: 1.75rem;
        padding: 0.1875rem;
        border-radius: var(--round-full);
        background: var(--line-strong);
        transition: background var(--calm);
      }
      .thumb {
        display: block;
        width: 1.375rem;
        height: 1.375rem;
        border-radius: 50%;
        background: var(--surface);
        transition: translate var(--calm);
      }
      [aria-checked='true'] .track {
        background: var(--accent);
      }
      [aria-checked='true'] .thumb {
        translate: 1.375rem;
      }
      [aria-checked='true'] .word {
        color: var(--accent);
      }
      .own {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        color: var(--ink-soft);
      }
      .own button {
        min-height: 2rem;
        padding-block: 0;
      }
      summary {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-3);
        padding-block: var(--space-1);
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary q-icon {
        transition: rotate var(--quick);
      }
      [open] summary q-icon {
        rotate: 180deg;
      }
      .more {
        display: grid;
        gap: var(--space-2);
        padding-block: var(--space-1) var(--space-2);
      }
      .more ul {
        display: grid;
        gap: var(--space-1);
        padding-inline-start: 1.25rem;
        list-style: disc;
      }
    `,
  ];
}
