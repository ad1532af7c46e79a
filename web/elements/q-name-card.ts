import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import { type Household, householdContext, nameOf } from '../data/household.ts';
import { standsForMany } from '../data/many-names.ts';
import type { DomainCard, Evidence } from '../data/model.ts';
import { sentenceOf } from '../data/problem.ts';
import { explain, getDomain, ruleForName } from '../data/service.ts';
import { moment } from '../data/time.ts';
import { stepWords } from '../data/verdict.ts';
import { fill, listed, spoken } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-dialog.ts';
import type { Dialog } from './q-dialog.ts';
import './q-purpose.ts';

const confidenceWord = (confidence: string): string =>
  ({ high: msg('Well proven'), medium: msg('Likely'), low: msg('A guess') })[confidence] ?? confidence;

/** The evidence card of a name: what it is, who says so, how sure, what breaks, who asked, and why the verdict. */
@customElement('q-name-card')
export class NameCard extends LitElement {
  @property() name = '';
  @property() device: string | undefined;
  @consume({ context: householdContext, subscribe: true }) household: Household | undefined;

  @query('q-dialog') private dialog!: Dialog;

  readonly #load = new Task(this, {
    args: () => [this.name, this.device, this.household?.state?.policyVersion] as const,
    task: async ([name, device]) => {
      if (standsForMany(name)) return undefined;
      const [card, explained] = await Promise.all([
        getDomain(name),
        device ? explain(device, name).catch(() => undefined) : undefined,
      ]);
      return { card, explained };
    },
  });

  async #rule(action: 'allow' | 'block', minutes?: number): Promise<void> {
    const sentence =
      action === 'block'
        ? msg('{name} is blocked on this phone')
        : minutes
          ? msg('{name} may pass for 10 minutes')
          : msg('{name} may pass from now on');
    const made = await act(
      this,
      ruleForName(this.device!, this.name, action, minutes),
      fill(sentence, { name: this.name }),
    );
    // The way back is at the foot of the page, and out of reach while the sheet is open.
    if (made) this.dialog.close();
  }

  override render() {
    return html`<q-dialog heading=${this.name}>${this.#content()}</q-dialog>`;
  }

  #content() {
    if (standsForMany(this.name)) return html`<p>${this.#together()}</p>`;
    const loaded = this.#load.value;
    if (!loaded) {
      return html`<p role="status">${this.#load.error ? sentenceOf(this.#load.error) : msg('One moment…')}</p>`;
    }
    const { card, explained } = loaded;
    return html`${this.#what(card)} ${this.device && explained ? this.#why(explained) : ''} ${this.#asked(card)}`;
  }

  #together(): string {
    if (this.name === '*') return msg('This phone asked for more names than are told apart. Each attempt is counted.');
    const sentence = msg('This phone asked for more names below {name} than are told apart. Each attempt is counted.');
    return fill(sentence, { name: this.name.slice(2) });
  }

  #what(card: DomainCard) {
    if (card.evidence.length === 0) {
      return html`<p>
        ${
          card.lists.length > 0
            ? fill(msg('No pack knows this name. It is on {lists}.'), {
                lists: listed(card.lists.map((list) => list.name)),
              })
            : msg('No pack and no list knows this name.')
        }
      </p>`;
    }
    return html`${card.protected ? html`<p class="small">${msg('Packs and lists never block this name; only your own rule can.')}</p>` : ''}
    ${card.evidence.slice(0, 2).map((evidence) => this.#evidence(evidence))}
    ${card.lists.length > 0 ? html`<p class="small soft">${fill(msg('Also on {lists}.'), { lists: listed(card.lists.map((list) => list.name)) })}</p>` : ''}`;
  }

  #evidence(evidence: Evidence) {
    return html`<section>
      <q-purpose .purpose=${evidence.purpose}></q-purpose>
      ${evidence.says ? html`<p>${evidence.says}</p>` : ''}
      <dl>
        <div><dt>${msg('How sure')}</dt><dd>${confidenceWord(evidence.confidence)}</dd></div>
        ${evidence.breaks ? html`<div><dt>${msg('When blocked')}</dt><dd>${evidence.breaks}</dd></div>` : ''}
        <div>
          <dt>${msg('Who says so')}</dt>
          <dd>
            ${evidence.sources.length === 0 ? msg('Nobody yet') : ''}
            <ul>${evidence.sources.map((source) => html`<li>${source.url ? html`<a href=${source.url} target="_blank" rel="noreferrer">${source.title}</a>` : source.title}</li>`)}</ul>
          </dd>
        </div>
      </dl>
    </section>`;
  }

  #why(explained: Awaited<ReturnType<typeof explain>>) {
    const blocked = explained.verdict.action === 'block';
    const spoke = explained.steps.find((step) => step.spoke);
    return html`<section class="verdict">
      <h3>${blocked ? msg('Blocked on this phone') : msg('Allowed on this phone')}</h3>
      ${spoke ? html`<p>${stepWords(spoke)}.</p>` : html`<p>${msg('Nobody said anything about it, so it passes.')}</p>`}
      <details>
        <summary class="small">${msg('How this was decided')}</summary>
        <ol class="small">
          ${explained.steps.map((step) => html`<li class=${step.spoke ? 'spoke' : 'soft'}>${stepWords(step)}</li>`)}
        </ol>
      </details>
      <div class="row">
        ${
          blocked
            ? html`<button class="primary" @click=${() => this.#rule('allow', 10)}>${msg('Allow 10 min on this phone')}</button>
                <button @click=${() => this.#rule('allow')}>${msg('Always allow')}</button>`
            : html`<button @click=${() => this.#rule('block')}>${msg('Block on this phone')}</button>`
        }
      </div>
    </section>`;
  }

  #asked(card: DomainCard) {
    if (card.askedBy.length === 0) return '';
    return html`<section>
      <h3>${msg('Who asked in the last 7 days')}</h3>
      <ul class="small">
        ${card.askedBy.map(
          (each) => html`<li>
            ${fill(msg('{phone}: {blocked} blocked, {allowed} let through, last {when}'), {
              phone: this.household ? nameOf(this.household, each.device) : each.device,
              blocked: each.blocked,
              allowed: each.allowed,
              when: moment(Date.parse(each.lastAt), Date.now(), spoken()),
            })}
          </li>`,
        )}
      </ul>
    </section>`;
  }

  static override styles = [
    base,
    buttons,
    css`
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
      }
      .verdict {
        padding: var(--space-4);
        border-radius: var(--round-2);
        background: var(--accent-soft);
      }
      dl {
        display: grid;
        gap: var(--space-2);
      }
      dl > div {
        display: grid;
        grid-template-columns: minmax(6rem, 8rem) minmax(0, 1fr);
        gap: var(--space-3);
      }
      dt {
        color: var(--ink-soft);
        font-size: var(--text-small);
        padding-block-start: 0.125rem;
      }
      dd {
        overflow-wrap: anywhere;
      }
      summary {
        cursor: pointer;
        font-weight: 550;
      }
      ol {
        display: grid;
        gap: var(--space-1);
        padding: var(--space-2) 0 var(--space-2) 1.25rem;
        list-style: decimal;
      }
      .spoke {
        font-weight: 600;
      }
    `,
  ];
}
