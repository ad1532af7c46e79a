import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import { type Household, householdContext, nameOf } from '../data/household.ts';
import type { Rule, Suspect } from '../data/model.ts';
import { sentenceOf } from '../data/problem.ts';
import { keepRule, removeRule, ruleForName, somethingBroke } from '../data/service.ts';
import { fill } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-countdown.ts';
import './q-dialog.ts';
import type { Dialog } from './q-dialog.ts';
import './q-purpose.ts';

/** Finds what a phone misses: one suspect after another is let through and asked about, likeliest first. */
@customElement('q-broke')
export class BrokeSheet extends LitElement {
  @property() device = '';
  @consume({ context: householdContext, subscribe: true }) household: Household | undefined;
  @state() private tried: { readonly suspect: Suspect; readonly rule: Rule } | undefined;
  @state() private cleared: readonly string[] = [];
  @query('q-dialog') private dialog!: Dialog;

  readonly #load = new Task(this, { args: () => [this.device] as const, task: ([device]) => somethingBroke(device) });

  async #try(suspect: Suspect): Promise<void> {
    const rule = await act(
      this,
      ruleForName(this.device, suspect.domain, 'allow', 10),
      fill(msg('{name} may pass for 10 minutes'), { name: suspect.domain }),
    );
    if (rule) this.tried = { suspect, rule };
  }

  async #keep(): Promise<void> {
    const kept = await act(
      this,
      keepRule(this.tried!.rule.id),
      fill(msg('{name} may pass from now on'), { name: this.tried!.suspect.domain }),
    );
    if (kept !== undefined) this.dialog.close();
  }

  /** The ten minutes run out by themselves. */
  #onlyNow(): void {
    this.dialog.close();
  }

  async #next(): Promise<void> {
    const { suspect, rule } = this.tried!;
    await act(this, removeRule(rule.id), fill(msg('{name} is blocked again'), { name: suspect.domain }));
    this.cleared = [...this.cleared, suspect.domain];
    this.tried = undefined;
  }

  override render() {
    const phone = this.household ? nameOf(this.household, this.device) : '';
    return html`<q-dialog heading=${phone ? fill(msg('What broke on {phone}?'), { phone }) : msg('What broke?')}>
      ${this.#load.render({
        pending: () => html`<p role="status">${msg('Looking at the last two minutes…')}</p>`,
        error: (error) => html`<p>${sentenceOf(error)}</p>`,
        complete: (broke) => (this.tried ? this.#asked() : this.#suspects(broke.suspects)),
      })}
    </q-dialog>`;
  }

  #suspects(all: readonly Suspect[]) {
    const suspects = all.filter((suspect) => !this.cleared.includes(suspect.domain));
    if (suspects.length === 0) {
      return html`<p>
          ${this.cleared.length > 0 ? msg('None of them was it, so Quell is not what broke it.') : msg('Nothing was blocked on this phone in the last two minutes.')}
        </p>
        <p class="soft">${msg('Try again what failed, then look again. If it still fails, switch flight mode on and off: the phone may remember an old answer.')}</p>
        <div class="row"><button class="primary" @click=${() => this.#load.run()}>${msg('Look again')}</button></div>`;
    }
    return html`<p>${msg('Blocked in the last two minutes, likeliest first. Let one through and see whether it helps.')}</p>
      <ol>
        ${suspects.map(
          (suspect, index) => html`<li>
            <q-purpose .purpose=${suspect.purpose} .reason=${suspect.reason}></q-purpose>
            <p class="name">${suspect.domain}${suspect.count > 1 ? html` <span class="soft">×${suspect.count}</span>` : ''}</p>
            <p class="small soft">${suspect.says} ${suspect.breaks ? fill(msg('When blocked: {what}'), { what: suspect.breaks }) : ''}</p>
            <button class=${index === 0 ? 'primary' : ''} @click=${() => this.#try(suspect)}>
              ${msg('Allow 10 min on this phone')}<span class="sr">: ${suspect.domain}</span>
            </button>
          </li>`,
        )}
      </ol>`;
  }

  #asked() {
    const { suspect, rule } = this.tried!;
    return html`<p class="name">${suspect.domain}</p>
      <p>
        ${msg('May pass now. Try again what failed; it can take ten seconds.')}
        ${rule.until ? html`<strong><q-countdown .until=${rule.until}></q-countdown></strong>` : ''}
      </p>
      <h3>${msg('Did that fix it?')}</h3>
      <div class="answers">
        <button class="primary" @click=${this.#keep}>${msg('Yes, keep it')}</button>
        <button @click=${this.#onlyNow}>${msg('Yes, only for now')}</button>
        <button @click=${this.#next}>${msg('No, next')}</button>
      </div>`;
  }

  static override styles = [
    base,
    buttons,
    css`
      ol {
        display: grid;
        gap: var(--space-3);
      }
      li {
        display: grid;
        justify-items: start;
        gap: var(--space-1);
        padding: var(--space-3) var(--space-4) var(--space-4);
        border: 1px solid var(--line);
        border-radius: var(--round-2);
      }
      li button {
        margin-block-start: var(--space-2);
      }
      .answers {
        display: grid;
        gap: var(--space-2);
      }
    `,
  ];
}
