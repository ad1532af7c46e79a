import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import { type Household, householdContext, nameOf } from '../data/household.ts';
import type { Proposal } from '../data/model.ts';
import { navigate } from '../data/navigate.ts';
import { keepApart, mergeDevice } from '../data/service.ts';
import { fill } from '../data/words.ts';
import { base, buttons } from '../styles/shared.ts';
import './q-note.ts';

/** Two devices that may be one phone; a person knows. */
@customElement('q-proposal')
export class ProposalCard extends LitElement {
  @property({ attribute: false }) proposal!: Proposal;
  /** The phone whose page this stands on. */
  @property({ attribute: false }) seenFrom: string | undefined;
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  async #merge(): Promise<void> {
    const [kept, other] = this.proposal.devices;
    const merged = await act(this, mergeDevice(kept, other), msg('They are one device now'));
    if (merged && this.seenFrom === other) navigate(`/phones/${encodeURIComponent(kept)}`, 'replace');
  }

  #keepApart(): void {
    const [one, other] = this.proposal.devices;
    void act(this, keepApart(one, other), msg('They stay two devices'));
  }

  override render() {
    const [one, other] = this.proposal.devices.map((id) => nameOf(this.household, id));
    return html`<q-note .sentence=${fill(msg('Are {one} and {other} the same phone?'), { one: one!, other: other! })}>
      <p>${this.proposal.says}</p>
      <div class="row">
        <button class="primary" @click=${this.#merge}>${msg('Make them one')}</button>
        <button @click=${this.#keepApart}>${msg('Keep them apart')}</button>
      </div>
    </q-note>`;
  }

  static override styles = [base, buttons];
}
