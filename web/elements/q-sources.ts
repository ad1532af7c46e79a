import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { type Household, householdContext } from '../data/household.ts';
import { base, states } from '../styles/shared.ts';
import './q-icon.ts';

/** What tells phones apart in this network, and how well each source works. */
@customElement('q-sources')
export class Sources extends LitElement {
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  #word(name: string): string {
    const words: Readonly<Record<string, string>> = {
      neighbours: msg('The network’s neighbour table'),
      leases: msg('The router’s address book'),
      mdns: msg('What devices announce'),
      'reverse-names': msg('Reverse names'),
    };
    return words[name] ?? name;
  }

  override render() {
    return html`<ul>
      ${this.household.state?.sources.map(
        ({ name, working, sentence }) => html`<li class=${working ? 'well' : ''}>
          <q-icon name=${working ? 'check' : 'info'}></q-icon>
          <div>
            <h3>${this.#word(name)} <span class="small">${working ? msg('works') : msg('does not help here')}</span></h3>
            <p class="small soft">${sentence}</p>
          </div>
        </li>`,
      )}
    </ul>`;
  }

  static override styles = [base, states];
}
