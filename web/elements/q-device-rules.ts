import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import { type Household, householdContext, purposeOf } from '../data/household.ts';
import type { Device, Rule } from '../data/model.ts';
import { rulesOf, targetWords } from '../data/rules.ts';
import { getRules, keepRule, removeRule, ruleForName } from '../data/service.ts';
import { fill } from '../data/words.ts';
import { base, buttons, fields } from '../styles/shared.ts';
import './q-countdown.ts';
import './q-icon.ts';

/** What this household decided about single names on this phone, with what is left of each decision. */
@customElement('q-device-rules')
export class DeviceRules extends LitElement {
  @property({ attribute: false }) device!: Device;
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  readonly #load = new Task(this, {
    args: () => [this.household.state?.policyVersion, this.device.id] as const,
    task: async ([, device]) => rulesOf(await getRules(), device),
  });

  async #add(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const given = new FormData(form);
    const name = String(given.get('name'));
    const action = given.get('action') === 'allow' ? 'allow' : 'block';
    const sentence = action === 'allow' ? msg('{name} may pass on {phone}') : msg('{name} is blocked on {phone}');
    const made = await act(
      this,
      ruleForName(this.device.id, name, action),
      fill(sentence, { name, phone: this.device.name }),
    );
    if (made) form.reset();
  }

  #words(rule: Rule): string {
    return targetWords(rule, (id) => msg(purposeOf(this.household, id)?.title ?? id));
  }

  override render() {
    const rules = this.#load.value ?? [];
    return html`
      ${rules.length === 0 ? html`<p class="soft">${msg('No rules for single names.')}</p>` : html`<ul>${rules.map((rule) => this.#rule(rule))}</ul>`}
      <details>
        <summary><q-icon name="plus"></q-icon>${msg('Add a rule')}</summary>
        <form @submit=${this.#add}>
          <label>${msg('Name')}<input name="name" required autocapitalize="none" autocomplete="off" spellcheck="false" placeholder="tracking.example.com" /></label>
          <label>${msg('What to do')}
            <select name="action">
              <option value="block">${msg('Block')}</option>
              <option value="allow">${msg('Allow')}</option>
            </select>
          </label>
          <button class="primary">${msg('Add')}</button>
        </form>
      </details>
    `;
  }

  #rule(rule: Rule) {
    const what = this.#words(rule);
    return html`<li>
      <q-icon name=${rule.action === 'allow' ? 'check' : 'shield'}></q-icon>
      <div>
        <p class="name">${what}</p>
        <p class="small soft">
          ${rule.action === 'allow' ? msg('Allowed') : msg('Blocked')}${rule.schedule ? html` · ${msg('at set times')}` : ''}
          ${rule.until ? html` · <span class="left"><q-icon name="clock"></q-icon><q-countdown .until=${rule.until} @q-over=${() => this.household.reload()}></q-countdown></span>` : ''}
          ${rule.comment ? html` · ${rule.comment}` : ''}
        </p>
      </div>
      ${rule.until ? html`<button @click=${() => act(this, keepRule(rule.id), fill(msg('{name} stays that way'), { name: what }))}>${msg('Keep')}<span class="sr">${what}</span></button>` : ''}
      <button @click=${() => act(this, removeRule(rule.id), fill(msg('The rule for {name} is gone'), { name: what }))}>
        ${msg('Remove')}<span class="sr"> ${what}</span>
      </button>
    </li>`;
  }

  static override styles = [
    base,
    buttons,
    fields,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
      }
      ul {
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: var(--round-2);
        box-shadow: var(--shadow);
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-3);
        padding: var(--space-3) var(--space-4);
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      li > div {
        flex: 1 1 9rem;
        min-width: 0;
      }
      li > q-icon {
        color: var(--accent);
      }
      li button {
        min-height: 2.375rem;
        padding-inline: var(--space-3);
        font-size: var(--text-small);
      }
      .left {
        color: var(--warn);
        font-weight: 600;
      }
      summary {
        display: inline-flex;
        align-items: center;
        gap: var(--space-2);
        min-height: 2.75rem;
        color: var(--accent);
        font-weight: 550;
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      form {
        grid-template-columns: repeat(auto-fit, minmax(min(12rem, 100%), 1fr));
        align-items: end;
        padding: var(--space-4);
        border: 1px solid var(--line);
        border-radius: var(--round-2);
        background: var(--surface);
      }
    `,
  ];
}
