import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { Task } from '@lit/task';
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { type Household, householdContext } from '../data/household.ts';
import type { Pack } from '../data/model.ts';
import { whole } from '../data/number.ts';
import { sentenceOf } from '../data/problem.ts';
import { getLists, getPacks } from '../data/service.ts';
import { counted, fill, spoken } from '../data/words.ts';
import { base } from '../styles/shared.ts';
import '../elements/q-catalog.ts';
import '../elements/q-empty.ts';
import '../elements/q-list.ts';
import '../elements/q-list-form.ts';
import '../elements/q-purpose.ts';

/** What Quell knows: its packs with their purposes, and the lists somebody subscribed to. */
@customElement('q-page-packs')
export class PacksPage extends LitElement {
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  readonly #packs = new Task(this, { args: () => [], task: async () => (await getPacks()).packs });
  /** A list is fetched and checked on its own time, so its state is asked for as often as the household's. */
  readonly #lists = new Task(this, { args: () => [this.household.state?.now], task: () => getLists() });

  override render() {
    return html`
      <h1>${msg('Packs and lists')}</h1>
      <section>
        <h2>${msg('Packs')}</h2>
        <p class="soft">${msg('A pack knows the phones of one maker: what every address they call is for, and what stops working without it. It comes with Quell.')}</p>
        ${this.#packs.error ? html`<p role="alert">${sentenceOf(this.#packs.error)}</p>` : ''}
        <div class="packs">${this.#packs.value?.map((pack) => this.#pack(pack))}</div>
      </section>
      <section>
        <h2>${msg('Lists')}</h2>
        <p class="soft">${msg('Block lists of other people, fetched from their address and kept up to date.')}</p>
        ${this.#lists.error ? html`<p role="alert">${sentenceOf(this.#lists.error)}</p>` : ''}
        ${this.#lists.value?.length === 0 ? html`<q-empty icon="list" heading=${msg('No lists yet')}><p>${msg('The packs work without any. A list can add what packs don’t cover.')}</p></q-empty>` : ''}
        ${this.#lists.value?.map((list) => html`<q-list .list=${list}></q-list>`)}
        <h3>${msg('Lists worth having')}</h3>
        <p class="soft">${msg('Gentle ones first. The names that phones need stay protected from all of them.')}</p>
        <q-catalog @q-list-added=${() => this.#lists.run()}></q-catalog>
        <q-list-form @q-list-added=${() => this.#lists.run()}></q-list-form>
      </section>
    `;
  }

  #pack(pack: Pack) {
    return html`<article class="card">
      <header>
        <h3>${pack.name}</h3>
        <p class="small soft">
          ${fill(msg('Version {version}'), { version: pack.version })} ·
          ${counted(pack.domains, { one: msg('{count} address'), other: msg('{count} addresses') })}
        </p>
      </header>
      <details>
        <summary class="small">${msg('What it knows')}</summary>
        <ul>
        ${pack.purposes.map(
          ({ id, domains }) =>
            html`<li><q-purpose .purpose=${id}></q-purpose><span class="soft">${whole(domains, spoken())}</span></li>`,
        )}
        </ul>
      </details>
    </article>`;
  }

  static override styles = [
    base,
    css`
      :host,
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
      }
      :host {
        gap: var(--space-6);
      }
      .packs {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr));
        gap: var(--space-4);
        align-items: start;
      }
      article {
        display: grid;
        gap: var(--space-3);
      }
      summary {
        padding-block: var(--space-1);
        color: var(--accent);
        font-weight: 550;
        cursor: pointer;
      }
      article li {
        display: flex;
        align-items: center;
        justify-content: space-between;
        padding-block: var(--space-1);
        font-variant-numeric: tabular-nums;
      }
    `,
  ];
}
