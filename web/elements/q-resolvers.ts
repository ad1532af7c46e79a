import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { type Household, householdContext } from '../data/household.ts';
import type { State } from '../data/model.ts';
import { whole } from '../data/number.ts';
import { ago } from '../data/time.ts';
import { fill, spoken } from '../data/words.ts';
import { base, states } from '../styles/shared.ts';
import './q-icon.ts';

type Node = State['nodes'][number];

/** Seconds that a clock may be off without a word. */
const nearSeconds = 2;

/** The household's resolvers, this one first, and how each is. */
@customElement('q-resolvers')
export class Resolvers extends LitElement {
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  override render() {
    const state = this.household.state;
    if (!state) return '';
    return html`<ul>
      ${state.nodes.map((node, i) => html`<li class=${node.state === 'answering' ? 'well' : ''}>${this.#node(node, i === 0, Date.parse(state.now))}</li>`)}
    </ul>`;
  }

  #node(node: Node, isThis: boolean, now: number) {
    return html`<q-icon name=${node.state === 'answering' ? 'check' : 'info'}></q-icon>
      <div>
        <h3>${node.name} <span class="small">${this.#state(node, now)}</span></h3>
        <p class="small soft">${isThis ? msg('The one you are looking at.') : ''} ${this.#clock(node)}</p>
      </div>`;
  }

  #state({ state, seenAt }: Node, now: number): string {
    if (state === 'answering') return msg('answers');
    if (state === 'failing') return msg('is there, and answers nobody');
    return fill(msg('last heard of {ago}'), { ago: ago(Date.parse(seenAt), now, spoken()) });
  }

  #clock({ clockAhead }: Node): string {
    const seconds = whole(Math.round(Math.abs(clockAhead)), spoken());
    if (Math.abs(clockAhead) < nearSeconds) return '';
    const sentence =
      clockAhead > 0
        ? msg('Its clock is {seconds} s ahead; Quell allows for it.')
        : msg('Its clock is {seconds} s behind; Quell allows for it.');
    return fill(sentence, { seconds });
  }

  static override styles = [base, states];
}
