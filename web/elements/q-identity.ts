import { consume } from '@lit/context';
import { msg } from '@lit/localize';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { act } from '../data/act.ts';
import { type Household, householdContext } from '../data/household.ts';
import type { Device, Identifier } from '../data/model.ts';
import { mergeDevice, splitDevice } from '../data/service.ts';
import { ago } from '../data/time.ts';
import { fill, spoken } from '../data/words.ts';
import { base, buttons, fields } from '../styles/shared.ts';

const kindWord = (kind: Identifier['kind']): string =>
  ({ mac: msg('Hardware address'), address: msg('Network address'), name: msg('Private DNS name') })[kind];

const sourceWord = (source: Identifier['source']): string =>
  ({
    owner: msg('you said so'),
    neighbour: msg('seen on the network'),
    lease: msg('from the router’s address book'),
    'edns-mac': msg('the router says so'),
    'edns-subnet': msg('the router says so'),
    name: msg('the name it called'),
    address: msg('where it asked from'),
    mdns: msg('it announced itself'),
    reverse: msg('from the reverse name'),
  })[source];

/** What else there is to know of a hardware address. */
const marks = ({ madeUp, shared }: Identifier): string[] => [
  ...(madeUp ? [msg('made up by the phone for this network')] : []),
  ...(shared ? [msg('several devices use it, as behind a repeater')] : []),
];

/** By what a phone is known, and how to put right what was taken for one phone or for two. */
@customElement('q-identity')
export class Identity extends LitElement {
  @property({ attribute: false }) device!: Device;
  @consume({ context: householdContext, subscribe: true }) household!: Household;

  #split({ kind, value }: Identifier): void {
    void act(
      this,
      splitDevice(this.device.id, [{ kind, value }]),
      fill(msg('{address} is a device of its own now'), { address: value }),
    );
  }

  #merge(event: SubmitEvent): void {
    event.preventDefault();
    const other = String(new FormData(event.target as HTMLFormElement).get('other'));
    void act(this, mergeDevice(this.device.id, other), msg('They are one device now'));
  }

  override render() {
    const { identifiers, id } = this.device;
    const others = this.household.devices.filter((device) => device.id !== id);
    return html`
      <ul>
        ${identifiers.map(
          (each) => html`<li>
            <div>
              <p class="small soft">${[kindWord(each.kind), sourceWord(each.source), ...marks(each)].join(' · ')}</p>
              <p class="name">${each.value}</p>
              <p class="small soft">${fill(msg('last seen {ago}'), { ago: ago(Date.parse(each.lastSeen), Date.now(), spoken()) })}</p>
            </div>
            ${
              identifiers.length > 1
                ? html`<button class="plain" @click=${() => this.#split(each)}>
                    ${msg('Not this phone')}<span class="sr">: ${each.value}</span>
                  </button>`
                : ''
            }
          </li>`,
        )}
      </ul>
      ${
        others.length > 0
          ? html`<form @submit=${this.#merge}>
              <label>
                ${msg('The same phone shows up twice?')}
                <select name="other">
                  ${others.map((other) => html`<option value=${other.id}>${other.name}</option>`)}
                </select>
              </label>
              <button>${msg('Make them one')}</button>
            </form>`
          : ''
      }
    `;
  }

  static override styles = [
    base,
    buttons,
    fields,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        padding-block: var(--space-2);
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      li > div {
        flex: 1 1 12rem;
        min-width: 0;
      }
      form {
        grid-template-columns: repeat(auto-fit, minmax(min(12rem, 100%), 1fr));
        align-items: end;
      }
    `,
  ];
}
